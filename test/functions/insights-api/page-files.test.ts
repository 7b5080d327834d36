import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPageFiles } from '../../../functions/insights-api/page-files.ts';
import { buildPage } from '../../../web/build-page.ts';
import { getEvent, lambdaContext } from '../../fixtures/http-event.ts';
import { testInsights } from '../../fixtures/insights.ts';

let folder: string;
let api: ReturnType<typeof testInsights>;

function get(path: string, headers: Record<string, string> = {}) {
  return api(getEvent(path, headers), lambdaContext('insights-api'));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'page-'));
  await buildPage(folder);
  const page = await readPageFiles(pathToFileURL(`${folder}/`));
  api = testInsights({ page });
});

afterAll(() => rm(folder, { recursive: true }));

test('GET /dashboard is the page, under a policy that runs no inline script', async () => {
  const { statusCode, headers, body } = await get('/dashboard');
  expect(statusCode).toBe(200);
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-cache',
  });
  const policy = String(headers?.['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain('unsafe');
  expect(body).not.toMatch(/<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=|https?:\/\//);
});

test.each([
  ['live.js', 'text/javascript; charset=utf-8'],
  ['live.css', 'text/css; charset=utf-8'],
  ['icon.svg', 'image/svg+xml; charset=utf-8'],
])('GET /dashboard/%s is served as %s with an entity tag', async (name, contentType) => {
  const { statusCode, headers } = await get(`/dashboard/${name}`);
  expect(statusCode).toBe(200);
  expect(headers?.['content-type']).toBe(contentType);
  const etag = String(headers?.['etag']);
  expect(await get(`/dashboard/${name}`, { 'if-none-match': etag })).toMatchObject({
    statusCode: 304,
  });
});

test('every file the page names is served', async () => {
  const { body = '' } = await get('/dashboard');
  const names = [...body.matchAll(/(?:src|href)="(dashboard\/[^"]+)"/g)].map(([, name]) => name);
  expect(names.length).toBeGreaterThanOrEqual(3);
  for (const name of names) expect((await get(`/${name}`)).statusCode).toBe(200);
});

test('GET /dashboard/ leads to the one address of the page', async () => {
  expect(await get('/dashboard/')).toMatchObject({
    statusCode: 308,
    headers: { location: '../dashboard' },
  });
});

test.each([
  '/dashboard/../handler.ts',
  '/dashboard/..%2f..%2fpackage.json',
  '/dashboard//etc/passwd',
  '/dashboard/live.js/..',
  '/dashboard/__proto__',
  '/dashboard/missing.js',
])('GET %s is a problem: only files of the page exist', async (path) => {
  expect((await get(path)).statusCode).toBe(404);
});

test('readPageFiles() refuses a file whose content type it does not know', async () => {
  const other = await mkdtemp(join(tmpdir(), 'page-'));
  await writeFile(join(other, 'notes.doc'), '');
  await expect(readPageFiles(pathToFileURL(`${other}/`))).rejects.toThrow(
    'Cannot serve page file: its content type is not known: received "notes.doc"',
  );
  await rm(other, { recursive: true });
});
