// Serves the page. Your own development server stands here.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';

createServer(async (_, answer) => {
  answer.setHeader('Content-Type', 'text/html; charset=utf-8');
  answer.end(await readFile(new URL('index.html', import.meta.url)));
}).listen(4011, '127.0.0.1');
