import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openEventFile } from '../../../cli/import/event-file.ts';
import type { EventFormat } from '../../../cli/import/formats/event-format.ts';
import { genericOrders } from '../../../cli/import/formats/generic.ts';
import { taobao } from '../../../cli/import/formats/taobao.ts';
import { wallClock } from '../../../cli/import/instant.ts';
import { collectRefusals } from '../../../cli/import/refusals.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'shop-event-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(
  text: string,
  format: EventFormat,
  maps: readonly string[] = [],
  notAfterMs?: number,
) {
  const file = path.join(folder, 'events.csv');
  writeFileSync(file, text);
  const opened = await openEventFile({
    ...{ file, format, maps, delimiter: undefined, encoding: undefined, notAfterMs },
  });
  const refusals = await collectRefusals(undefined);
  let passedBy = 0;
  const bar = {
    add(count: number) {
      passedBy += count;
    },
    end: () => {},
  };
  const sales: unknown[] = [];
  const utc = wallClock('UTC');
  for await (const sale of opened.read((row) => format.sale?.(row, utc), refusals, bar)) {
    sales.push(sale);
  }
  return { opened, sales, passedBy, refused: refusals.text() };
}

const lines = '8,77,13,buy,1511544070\n8,78,13,pv,1511544071\n';

describe('openEventFile()', () => {
  it('knows a file by its bytes, and how long it is', async () => {
    const { opened } = await read(`user,item,category,behavior,timestamp\n${lines}`, taobao);
    expect(opened.lines).toBe(2);
    const whole = `user,item,category,behavior,timestamp\n${lines}`;
    expect(opened.hash).toBe(createHash('sha256').update(whole).digest('hex'));
  });

  it('reads a format whose files have no line of names with or without one', async () => {
    const named = await read(`user,item,category,behavior,timestamp\n${lines}`, taobao);
    const nameless = await read(lines, taobao);
    expect(named.sales).toEqual([expect.objectContaining({ customer: '8', line: 2 })]);
    expect(nameless.sales).toEqual([expect.objectContaining({ customer: '8', line: 1 })]);
    expect(nameless.passedBy).toBe(1);
  });

  it('refuses what lies ahead of the end of a history', async () => {
    const { sales, refused } = await read(lines, taobao, [], 1_511_544_069_999);
    expect(sales).toEqual([]);
    expect(refused).toContain('line 1, time: Must not lie ahead of now: received 2017-11-24');
  });

  it('maps columns, and names the column of the file where a line is at fault', async () => {
    const text = 'No,When,Article,Pieces,Each\n1,2020-01-01,OWL,1,2.00\n2,soon,OWL,1,2.00\n';
    const maps = ['order=No', 'time=When', 'sku=Article', 'quantity=Pieces', 'price=Each'];
    const { sales, refused } = await read(text, genericOrders, maps);
    expect(sales).toEqual([expect.objectContaining({ order: '1', priceCents: 200 })]);
    expect(refused).toContain('line 3, When: Is no time: received "soon"');
  });

  it('says of another format which columns it misses and which it found', async () => {
    await expect(read('a,b\n1,2\n', genericOrders)).rejects.toThrow(
      /not of format generic\. .*no column for order, time, sku, quantity, price.*received columns a, b/,
    );
  });

  it('says that there is no such file', async () => {
    const missing = { file: path.join(folder, 'missing.csv'), format: taobao, maps: [] };
    const options = { ...missing, delimiter: undefined, encoding: undefined } as const;
    await expect(openEventFile(options)).rejects.toThrow(/Cannot read file: there is none/);
  });
});
