import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { parseLsn } from '../../../../infra/local/capture/lsn.ts';
import { type CaptureThread, startCaptureThread } from '../../../../infra/local/capture/thread.ts';
import { type CaptureRig, dmsResources, startRig } from './capture-rig.ts';

let rig: CaptureRig;
let thread: CaptureThread | undefined;
beforeAll(async () => {
  rig = await startRig();
});
afterEach(async () => {
  await thread?.stop();
  thread = undefined;
  await rig.reset();
});
afterAll(async () => await rig?.close());

async function start(flushed: () => Promise<void>, changes = {}): Promise<CaptureThread> {
  thread = await startCaptureThread({
    ...dmsResources,
    connection: rig.user,
    owner: rig.owner,
    kinesis: {
      endpoint: `http://127.0.0.1:${rig.receiver.port}`,
      region: 'us-east-1',
      accessKeyId: 'capture',
      secretAccessKey: 'capture',
    },
    streamName: 'changes',
    stateFile: rig.stateFile,
    flushed,
    log: (line) => void rig.lines.push(line),
    ...changes,
  });
  return thread;
}

test('startCaptureThread() captures while this thread computes', async () => {
  const running = await start(async () => {});
  await running.drain();
  await rig.sql('insert into orders values (1, 1, 1)');
  await running.drain();
  const [order] = rig.receiver.records.slice(-1);
  expect(order?.json.data).toMatchObject({ id: 1 });
  expect(await running.status()).toMatchObject({
    state: 'streaming',
    changesPut: 1,
    rowsLoaded: 2,
  });
  expect(rig.lines.join()).toContain('slot "shop_capture" begins at');
});

test('startCaptureThread() acknowledges only when this thread has flushed', async () => {
  let flushes = 0;
  let failing = false;
  const running = await start(async () => {
    flushes += 1;
    if (failing) throw new Error('disk is full');
  });
  await running.drain();
  expect(flushes).toBeGreaterThan(0);
  failing = true;
  // PostgreSQL writes a little on its own: what counts is that the insert stays unacknowledged.
  const [before] = await rig.sql('select pg_current_wal_insert_lsn()::text as lsn');
  await rig.sql('insert into orders values (1, 1, 1)');
  await expect.poll(async () => (await running.status()).lastError).toContain('disk is full');
  const { acknowledgedLsn } = await running.status();
  expect(parseLsn(String(acknowledgedLsn)) <= parseLsn(String(before?.['lsn']))).toBe(true);
  failing = false;
  await running.drain();
  expect(rig.receiver.records.at(-1)?.json.data).toMatchObject({ id: 1 });
});

test('startCaptureThread() tells why it cannot start', async () => {
  await expect(start(async () => {}, { replication: {} })).rejects.toThrow(
    'Cannot play replication: only types full-load-and-cdc and cdc are played',
  );
});

test('a stopped thread answers with the reason', async () => {
  const running = await start(async () => {});
  await running.stop();
  await expect(running.status()).rejects.toThrow('Cannot ask capture: its thread is gone');
});
