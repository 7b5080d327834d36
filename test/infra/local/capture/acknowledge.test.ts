import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type LogicalMessage, pgoutputDecoder } from '../../../../infra/local/capture/pgoutput.ts';
import {
  connectReplication,
  type ReplicationConnection,
} from '../../../../infra/local/capture/replication-connection.ts';
import { type CaptureRig, startRig } from './capture-rig.ts';

let rig: CaptureRig;
const open: ReplicationConnection[] = [];
beforeAll(async () => {
  rig = await startRig();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()));
  await rig.reset();
});
afterAll(async () => await rig?.close());

interface SeenTransaction {
  readonly ids: readonly string[];
  readonly commitLsn: bigint;
  readonly endLsn: bigint;
}

/** Follows the slot and collects whole transactions. */
async function follow(): Promise<{ connection: ReplicationConnection; seen: SeenTransaction[] }> {
  const connection = await connectReplication(rig.user);
  open.push(connection);
  const seen: SeenTransaction[] = [];
  const decode = pgoutputDecoder();
  let ids: string[] = [];
  const read = (message: LogicalMessage) => {
    if (message.tag === 'insert') ids.push(String(message.row[0]));
    if (message.tag !== 'commit') return;
    seen.push({ ids, commitLsn: message.commitLsn, endLsn: message.endLsn });
    ids = [];
  };
  await connection.start(
    { slot: 'acks', publication: 'acks', startLsn: 0n },
    { message: (message) => read(decode(message)), keepalive: () => {} },
  );
  return { connection, seen };
}

/** Two transactions, the end of the first being the beginning of the second's commit record. */
async function commitBackToBack(): Promise<readonly [SeenTransaction, SeenTransaction]> {
  await rig.sql('create publication acks for table orders');
  const second = new pg.Client(rig.owner);
  await second.connect();
  try {
    for (let id = 1; id < 400; id += 2) {
      await rig.sql(`select pg_create_logical_replication_slot('acks', 'pgoutput')`);
      const { connection, seen } = await follow();
      for (const [client, key] of [
        [rig.client, id],
        [second, id + 1],
      ] as const) {
        await client.query('begin');
        await client.query('set local synchronous_commit = off');
        await client.query('insert into orders values ($1, 1, 1)', [key]);
      }
      await Promise.all([rig.client.query('commit'), second.query('commit')]);
      await expect.poll(() => seen.length, { interval: 5 }).toBe(2);
      await connection.close();
      const [one, two] = seen;
      if (one !== undefined && two !== undefined && one.endLsn === two.commitLsn) return [one, two];
      await dropSlot();
    }
  } finally {
    await second.end();
  }
  throw new Error('Cannot test acknowledgements: no two commits were adjacent: received 200 pairs');
}

async function dropSlot(): Promise<void> {
  await expect
    .poll(async () => (await rig.sql('select from pg_replication_slots where active')).length)
    .toBe(0);
  await rig.sql(`select pg_drop_replication_slot('acks')`);
}

/** Acknowledges in one connection, and tells what the next one is sent. */
async function redelivered(position: bigint): Promise<readonly string[]> {
  const first = await follow();
  await expect.poll(() => first.seen.length).toBe(2);
  first.connection.acknowledge(position);
  await first.connection.close();
  const next = await follow();
  await sleep(300);
  const ids = next.seen.flatMap(({ ids }) => ids);
  await next.connection.close();
  await rig.sql('drop publication acks');
  return ids;
}

test('acknowledging the beginning of a commit, and one, keeps the transaction right behind it', async () => {
  const [one, two] = await commitBackToBack();
  expect(await redelivered(one.commitLsn + 1n)).toEqual(two.ids);
});

test('acknowledging past the end of a commit loses the transaction right behind it', async () => {
  const [one] = await commitBackToBack();
  // What libraries do that add one to the end: the reason why we never start from the end.
  expect(await redelivered(one.endLsn + 1n)).toEqual([]);
});

test('startCapture() acknowledges nothing before the flush, also while it answers heartbeats', async () => {
  await rig.sql(`alter role shop_capture set wal_sender_timeout = '1s'`);
  try {
    const flush = Promise.withResolvers<void>();
    const capture = await rig.capture({ flushed: () => flush.promise });
    // The load flushes too; it must not be what we wait for here.
    flush.resolve();
    await capture.drain();
    await capture.stop();

    const second = Promise.withResolvers<void>();
    const blocked = await rig.capture({ flushed: () => second.promise });
    await expect.poll(() => blocked.status().state).toBe('streaming');
    const before = await confirmed();
    await rig.sql('insert into orders values (1, 1, 1)');
    await rig.sql('insert into orders values (2, 1, 1)');
    await expect.poll(() => rig.receiver.records.length).toBeGreaterThanOrEqual(2);
    await sleep(3_000); // three times the timeout: without answers the server hangs up
    expect(blocked.status()).toMatchObject({ state: 'streaming', retries: 0, lastError: null });
    expect(await confirmed()).toBe(before);
    second.resolve();
    await blocked.drain();
    expect(await confirmed()).not.toBe(before);
  } finally {
    await rig.sql('alter role shop_capture reset wal_sender_timeout');
  }
});

test('startCapture() stays connected while the stream takes nothing for longer than the timeout', async () => {
  await rig.sql(`alter role shop_capture set wal_sender_timeout = '3s'`);
  try {
    const capture = await rig.capture();
    await capture.drain();
    const gate = Promise.withResolvers<void>();
    rig.receiver.hold = () => gate.promise;
    await rig.sql('insert into orders select i, 1, 1 from generate_series(1, 60000) as i');
    await expect.poll(() => capture.status().queued, { timeout: 10_000 }).toBeGreaterThan(10_000);
    await sleep(4_500);
    expect(capture.status().queued).toBeLessThan(15_000); // the rest waits in the log
    expect(capture.status().state).toBe('streaming');
    gate.resolve();
    await capture.drain();
    expect(capture.status()).toMatchObject({ changesPut: 60_000, lastError: null });
  } finally {
    await rig.sql('alter role shop_capture reset wal_sender_timeout');
  }
});

test('the slot advances while captured tables are idle, with the clock and without', async () => {
  const capture = await rig.capture();
  await capture.drain();
  const lag = async () =>
    Number(
      (
        await rig.sql(
          `select pg_current_wal_lsn() - confirmed_flush_lsn as lag from pg_replication_slots`,
        )
      )[0]?.['lag'],
    );
  await rig.sql(`insert into hidden select i, repeat('x', 40) from generate_series(1, 20000) as i`);
  expect(await lag()).toBeGreaterThan(1_000_000);
  await rig.sql('update clock set ticked_at = now()');
  await expect.poll(lag).toBeLessThan(10_000);
  await rig.sql('delete from hidden');
  await expect.poll(lag, { timeout: 40_000, interval: 500 }).toBeLessThan(10_000);
}, 60_000);

async function confirmed(): Promise<unknown> {
  const [slot] = await rig.sql('select confirmed_flush_lsn::text as lsn from pg_replication_slots');
  return slot?.['lsn'];
}
