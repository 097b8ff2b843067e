// The page and the mock are started for the tests, and waited for. ETALON names the program where it is not on the path, CHROMIUM a browser
// that is installed already.
import { defineConfig } from '@playwright/test';

const etalon = process.env.ETALON ?? 'etalon';
const mock = 'http://127.0.0.1:4010';

export default defineConfig({
  testDir: 'tests',
  // All tests share one mock, so one begins when another has ended.
  workers: 1,
  use: {
    baseURL: mock,
    launchOptions: process.env.CHROMIUM ? { executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] } : {},
  },
  webServer: [
    { command: `${etalon} mock openapi.yaml --no-examples --quiet`, url: `${mock}/__etalon/health`, reuseExistingServer: false },
    { command: 'node serve.mjs', url: 'http://127.0.0.1:4011/', reuseExistingServer: false },
  ],
});
