import { expect, test } from '@playwright/test';

const page = 'http://127.0.0.1:4011/';

// Each test finds the mock as it was at its start.
test.beforeEach(async ({ request }) => {
  expect((await request.post('/__etalon/reset')).status()).toBe(204);
});

test('there are no notes at first', async ({ page: tab }) => {
  await tab.goto(page);
  await expect(tab.getByRole('listitem')).toHaveCount(0);
});

test('a note that is added is listed, also after a reload', async ({ page: tab }) => {
  await tab.goto(page);
  await tab.getByLabel('New note').fill('Milk');
  await tab.getByRole('button', { name: 'Add' }).click();
  await expect(tab.getByRole('listitem')).toHaveText([/Milk/]);
  await tab.reload();
  await expect(tab.getByRole('listitem')).toHaveText([/Milk/]);
});

test('an empty note is refused with the reason', async ({ page: tab }) => {
  await tab.goto(page);
  await tab.getByRole('button', { name: 'Add' }).click();
  await expect(tab.getByRole('alert')).toContainText('/text');
  await expect(tab.getByRole('listitem')).toHaveCount(0);
});

test('a note that is removed is gone', async ({ page: tab, request }) => {
  expect((await request.post('/notes', { data: { text: 'Bread' } })).status()).toBe(201);
  await tab.goto(page);
  await tab.getByRole('button', { name: 'Remove' }).click();
  await expect(tab.getByRole('listitem')).toHaveCount(0);
});

test('a server that is away is told, and the page can show what the contract shows', async ({ page: tab }) => {
  await tab.goto(`${page}?answer=__code%3D503`);
  await expect(tab.getByRole('alert')).toHaveText('Notes are being moved');
  await tab.goto(`${page}?answer=__example%3Dtwo`);
  await expect(tab.getByRole('listitem')).toHaveText([/Milk/, /Bread/]);
});
