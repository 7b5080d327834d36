import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CaptureRig, startRig } from './capture-rig.ts';
import type { ReceivedRecord } from './stream-receiver.ts';

let rig: CaptureRig;
let child: ChildProcess | undefined;
beforeAll(async () => {
  rig = await startRig();
});
afterEach(async () => {
  await kill();
  await rig.reset();
});
afterAll(async () => await rig?.close());

async function startChild(): Promise<void> {
  const script = new URL('./start-capture.ts', import.meta.url).pathname;
  const { owner, user: connection, stateFile } = rig;
  const options = JSON.stringify({ owner, connection, stateFile, port: rig.receiver.port });
  child = spawn(process.execPath, [script, options], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout as NodeJS.EventEmitter, 'data');
}

async function kill(): Promise<void> {
  if (child === undefined || child.exitCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  child = undefined;
}

/** Raises the versions of random rows until stopped; tells every version that was committed. */
function write(rows: readonly number[], random: () => number) {
  const committed: string[] = [];
  let stopping = false;
  const run = async () => {
    const client = new pg.Client(rig.owner);
    await client.connect();
    while (!stopping) {
      const size = 1 + Math.floor(random() * 5);
      const ids = new Set(
        Array.from({ length: size }, () => rows[Math.floor(random() * rows.length)]),
      );
      const { rows: versions } = await client.query<{ id: string; version: string }>(
        `update items set row_version = row_version + 1, price = row_version where id = any($1)
         returning id, row_version as version`,
        [[...ids]],
      );
      committed.push(...versions.map(({ id, version }) => `${id}@${version}`));
      await sleep(random() * 4);
    }
    await client.end();
    return committed;
  };
  const finished = run();
  return {
    async stop() {
      stopping = true;
      return await finished;
    },
  };
}

/** A generator with a seed, so that a failure can be repeated. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

const itemsOf = (records: readonly ReceivedRecord[], operation: string) =>
  records.filter(
    ({ json }) =>
      json.metadata['table-name'] === 'items' && json.metadata['operation'] === operation,
  );
const versionOf = ({ json }: ReceivedRecord) => `${json.data['id']}@${json.data['row_version']}`;
const withoutTime = ({ json, partitionKey }: ReceivedRecord) =>
  JSON.stringify({ partitionKey, ...json, metadata: { ...json.metadata, timestamp: '' } });

test('a capture killed at any point loses no change, repeats it the same, and keeps rows in order', async () => {
  const random = seeded(11);
  const ids = Array.from({ length: 20 }, (_, index) => index + 1);
  await startChild();
  for (const id of ids)
    await rig.sql('insert into items (id, owner_id) values ($1, $2)', [id, id % 4]);
  const writers = [write(ids.slice(0, 10), random), write(ids.slice(10), random)];
  for (let round = 0; round < 12; round += 1) {
    await sleep(random() * 400);
    await kill();
    await startChild();
  }
  const committed = (await Promise.all(writers.map((writer) => writer.stop()))).flat();
  await kill();
  const capture = await rig.capture();
  await capture.drain();

  const updates = itemsOf(rig.receiver.records, 'update');
  expect(committed.length).toBeGreaterThan(300);
  expect(new Set(updates.map(versionOf))).toEqual(new Set(committed));
  expect(updates.length).toBeGreaterThan(committed.length); // kills did cause repeats
  expect(itemsOf(rig.receiver.records, 'load')).toEqual([]);

  const byIdentity = Map.groupBy(updates, versionOf);
  for (const copies of byIdentity.values()) {
    expect(new Set(copies.map(withoutTime)).size).toBe(1);
  }
  const places = updates.map(({ json }) => json.metadata['stream-position']);
  expect(new Set(places).size).toBe(committed.length);
  const firsts = Map.groupBy(
    [...byIdentity.values()].map(([first]) => first?.json),
    (json) => json?.data['id'],
  );
  for (const versions of firsts.values()) {
    const seen = versions.map((json) => Number(json?.data['row_version']));
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  }
}, 60_000);

test('a capture killed while it loads sends all rows and all changes of the meantime', async () => {
  const random = seeded(5);
  const count = 8_000;
  await rig.sql(
    'insert into items (id, owner_id) select i, i % 9 from generate_series(1, $1::int) as i',
    [count],
  );
  rig.receiver.refuse = () => (random() < 0.1 ? 500 : []);
  rig.receiver.hold = () => sleep(4);
  const changed: string[] = [];
  for (let round = 1; round <= 6; round += 1) {
    await startChild();
    const enough = rig.receiver.requests.length + 1 + Math.floor(random() * 8);
    await expect.poll(() => rig.receiver.requests.length, { interval: 1 }).toBeGreaterThan(enough);
    await kill();
    await rig.sql('update items set row_version = row_version + 1 where id = $1', [round]);
    changed.push(`${round}@2`);
  }
  const capture = await rig.capture();
  await expect.poll(() => capture.status().state, { timeout: 20_000 }).toBe('streaming');
  await capture.drain();

  const loads = itemsOf(rig.receiver.records, 'load');
  expect(new Set(loads.map(({ json }) => json.data['id'])).size).toBe(count);
  expect(loads.length).toBeGreaterThan(count);
  for (const copies of Map.groupBy(loads, versionOf).values()) {
    expect(new Set(copies.map(withoutTime)).size).toBe(1);
  }
  const updates = itemsOf(rig.receiver.records, 'update');
  expect(new Set(updates.map(versionOf))).toEqual(new Set(changed));
}, 60_000);
