import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { decodeChange } from '../../shared/changes/decode-change.ts';
import { alignedLines } from '../aligned-lines.ts';
import { type Outcome, showStatus } from './show-status.ts';
import type { CaptureTarget } from './target.ts';
import { watchStream } from './watch-stream.ts';

const insertedRow = z.object({ rows: z.array(z.object({ id: z.coerce.string() })).length(1) });
const operations = ['insert', 'update', 'delete'] as const;

interface Arrival {
  readonly operation: (typeof operations)[number];
  /** From before the statement was sent until the record was read; undefined when it did not come. */
  readonly tookMs: number | undefined;
}

/**
 * Proves the way from a commit to the stream: a category is made, renamed and deleted, and the three
 * changes are awaited where every job reads them.
 *
 * @param probe a name that no category has.
 */
export async function check(
  target: CaptureTarget,
  probe: string,
  now: () => number,
): Promise<Outcome> {
  const streamName = `${target.stage}-shop-changes`;
  const stream = await watchStream(target.kinesis, streamName);
  const { sql } = target;
  const sentMs = new Map<string, number>([['insert', now()]]);
  const inserted = await sql.query('insert into categories (name) values ($1) returning id', [
    probe,
  ]);
  const id = insertedRow.parse(inserted).rows[0]?.id ?? '';
  const arrivals: Arrival[] = [];
  try {
    sentMs.set('update', now());
    await sql.query('update categories set name = $1 where name = $2', [`${probe}.`, probe]);
  } finally {
    sentMs.set('delete', now());
    await sql.query('delete from categories where name in ($1, $2)', [probe, `${probe}.`]);
  }
  const startedMs = now();
  while (arrivals.length < operations.length && now() - startedMs < target.patienceMs) {
    for (const data of await stream.read()) {
      const decoded = decodeChange(data);
      if (decoded.kind !== 'change') continue;
      const { table, key, operation } = decoded.change;
      if (table !== 'categories' || key !== id || operation === 'load') continue;
      // A repeat is no second arrival.
      if (arrivals.some((each) => each.operation === operation)) continue;
      arrivals.push({ operation, tookMs: now() - (sentMs.get(operation) ?? startedMs) });
    }
    if (arrivals.length < operations.length) await sleep(target.readEveryMs);
  }
  return await outcome(target, streamName, arrivals, now());
}

async function outcome(
  target: CaptureTarget,
  streamName: string,
  arrivals: readonly Arrival[],
  nowMs: number,
): Promise<Outcome> {
  const changes = operations.map(
    (operation) =>
      arrivals.find((each) => each.operation === operation) ?? { operation, tookMs: undefined },
  );
  const healthy = arrivals.length === operations.length;
  const lines = alignedLines(
    changes.map(({ operation, tookMs }) => [
      operation,
      tookMs === undefined ? 'did not arrive' : `${tookMs.toFixed(0)} ms`,
    ]),
  );
  const json = { target: target.name, stream: streamName, changes, healthy };
  if (healthy) {
    return { healthy, json, text: `Changes arrive in ${streamName} of ${target.name}:\n${lines}` };
  }
  const status = await showStatus(target, nowMs);
  const text = [
    `Changes did not arrive in ${streamName} within ${target.patienceMs / 1_000} s:`,
    lines,
    '',
    status.text,
    ...(status.healthy
      ? ['The capture says it runs: see whether its mappings include table categories.']
      : []),
  ].join('\n');
  return { healthy, json: { ...json, status: status.json }, text };
}
