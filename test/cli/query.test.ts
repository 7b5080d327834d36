import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesText, resultCsv, resultTable } from '../../cli/query/format-result.ts';
import type { PlayedService } from '../../infra/local/service.ts';
import { serveAws } from '../fixtures/aws-endpoint.ts';
import { athenaOver, landOrders } from '../fixtures/landed-orders.ts';

let root: string;
let services: PlayedService[];
let endpoint: Awaited<ReturnType<typeof serveAws>>;

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'query-'));
  await landOrders(root);
  services = await athenaOver(root);
  endpoint = await serveAws(services);
});
afterAll(async () => {
  await endpoint.close();
  await Promise.all(services.map((service) => service.close()));
  rmSync(root, { recursive: true, force: true });
});

async function run(args: readonly string[], input = '', url: string | null = endpoint.url) {
  const { AWS_ENDPOINT_URL: _, ...env } = process.env;
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, '../../cli/query.ts'), ...args],
    { cwd: root, env: url === null ? env : { ...env, AWS_ENDPOINT_URL: url } },
  );
  child.stdin.end(input);
  const [out, error] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { out, error, code: child.exitCode };
}

describe('npm run query', () => {
  it('prints a table: numbers to the right, NULL visible, what it cost', async () => {
    const sql = 'SELECT id, status, total, payment_id FROM orders ORDER BY id';
    const { out, code } = await run([sql]);
    expect(code).toBe(0);
    expect(out.split('\n').slice(0, 4)).toEqual([
      'id  status   total  payment_id',
      '──  ───────  ─────  ──────────',
      ' 1  paid     10.01        NULL',
      ' 3  pending  20.00        NULL',
    ]);
    expect(out).toMatch(/\n2 rows, \d+\.\d\d s, \d+(\.\d)? K?B read\n$/);
  });

  it('gives JSON and CSV', async () => {
    const sql = "SELECT id, 'a,b' AS text, NULL AS nothing FROM orders ORDER BY id LIMIT 1";
    expect(JSON.parse((await run(['--json', sql])).out)).toEqual([
      { id: '1', text: 'a,b', nothing: null },
    ]);
    expect((await run(['--csv', sql])).out).toBe('id,text,nothing\n1,"a,b",\n');
  });

  it('reads the statement from a file or from standard input', async () => {
    const file = path.join(root, 'question.sql');
    writeFileSync(file, '-- how many\nSELECT count(*) AS n FROM orders;\n');
    expect((await run(['--csv', '-f', file])).out).toBe('n\n2\n');
    expect((await run(['--csv'], 'SELECT 7 AS n')).out).toBe('n\n7\n');
  });

  it('lists saved queries and runs one', async () => {
    expect((await run(['--saved'])).out).toContain('orders-per-month');
    expect((await run(['--csv', '--saved', 'orders-per-month'])).out).toBe(
      'month,n\n2026-01,3\n2026-02,1\n2026-03,2\n',
    );
    const unknown = await run(['--saved', 'nothing']);
    expect(unknown).toMatchObject({ code: 1, out: '' });
    expect(unknown.error).toContain('only orders-per-month: received nothing');
  });

  it('says what is wrong and fails', async () => {
    expect(await run(['SELECT nothing FROM orders'])).toMatchObject({
      code: 1,
      out: '',
      error: expect.stringContaining("Column 'nothing' cannot be resolved"),
    });
    expect(await run(['--json', '--csv', 'SELECT 1'])).toMatchObject({
      code: 1,
      error: expect.stringContaining('--json and --csv exclude each other'),
    });
    expect(await run([], '  ')).toMatchObject({
      code: 1,
      error: expect.stringContaining('is empty'),
    });
  });

  it('says how to start when nothing runs', async () => {
    const { code, error } = await run(['SELECT 1'], '', null);
    expect(code).toBe(1);
    expect(error).toContain('npm start');
  });
});

describe('resultTable()', () => {
  it('keeps columns straight beside wide characters and line breaks', () => {
    const result = {
      columns: [
        { name: 'name', type: 'varchar' },
        { name: 'n', type: 'bigint' },
      ],
      rows: [
        ['日本\nx', '1'],
        ['🛒', '10'],
        [null, null],
      ],
      tookMs: 1234,
      bytesScanned: 0,
    };
    expect(resultTable(result).split('\n')).toEqual([
      'name       n',
      '──────  ────',
      '日本 x     1',
      '🛒        10',
      'NULL    NULL',
      '',
      '3 rows, 1.23 s, 0 B read',
    ]);
  });
});

describe('resultCsv()', () => {
  it('tells NULL from an empty text', () => {
    const columns = [
      { name: 'a', type: 'varchar' },
      { name: 'b"c', type: 'varchar' },
    ];
    expect(resultCsv({ columns, rows: [['', null]], tookMs: 0, bytesScanned: 0 })).toBe(
      'a,"b""c"\n"",',
    );
  });
});

describe('bytesText()', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_500, '1.5 KB'],
    [2_000_000_000, '2.0 GB'],
  ])('writes %d as %s', (bytes, expected) => {
    expect(bytesText(bytes)).toBe(expected);
  });
});
