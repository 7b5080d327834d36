import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { DatabaseConnection } from '../database/connection.ts';
import { createAcknowledger } from './acknowledger.ts';
import type { PlannedTable } from './capture-plan.ts';
import { changeReader, queuedRecord } from './change-reader.ts';
import type { ReplicationSettings } from './endpoint-settings.ts';
import { loadTables } from './load-tables.ts';
import { formatLsn, parseLsn } from './lsn.ts';
import { pgoutputDecoder } from './pgoutput.ts';
import { connectReplication, type ReplicationConnection } from './replication-connection.ts';
import { createSender, type Sender, type SenderOptions } from './sender.ts';
import { openSlot } from './slot.ts';
import { type CaptureState, writeState } from './state-file.ts';
import type { CaptureStatus } from './status.ts';
import { streamWriter } from './stream-writer.ts';

/** What every session of one capture shares. */
export interface SessionContext {
  readonly connection: DatabaseConnection;
  readonly tables: readonly PlannedTable[];
  readonly settings: ReplicationSettings;
  readonly publication: string;
  readonly tickTable: string;
  readonly kinesis: KinesisClient;
  readonly streamName: string;
  readonly flushed: () => Promise<void>;
  readonly stateFile: string;
  readonly log: (line: string) => void;
  readonly now: () => number;
  /** Kept up to date by the session. */
  readonly status: CaptureStatus;
  /** Called when the slot is there: whatever commits from now on comes as a change. */
  readonly opened: () => void;
  /** Aborted when the capture shall stop: the session ends when what it read is acknowledged. */
  readonly stopping: AbortSignal;
  /** Aborted when it shall stop at once; what is not acknowledged comes again. */
  readonly aborting: AbortSignal;
}

/**
 * One connection's life: find or make the slot, send existing rows that were not sent yet, then
 * changes until the capture stops (resolves) or the connection breaks (rejects). A session leaves
 * nothing behind but the state file: the next begins behind the last durable transaction.
 */
export async function runSession(context: SessionContext): Promise<void> {
  const replication = await connectReplication(context.connection);
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => {}); // seen by whoever races with it
  const ending = new AbortController();
  const signal = AbortSignal.any([context.aborting, ending.signal]);
  replication.ended.catch(broken.reject);
  signal.addEventListener('abort', () => broken.reject(signal.reason), { once: true });
  try {
    const { state, snapshot } = await openSlot(context, replication);
    context.opened();
    const fail = (error: unknown) => broken.reject(error);
    const loaded = load(context, state, snapshot, signal, fail);
    await Promise.race([loaded, broken.promise]);
    if (context.stopping.aborted) return;
    await Promise.race([follow(context, replication, await loaded, signal, fail), broken.promise]);
  } finally {
    ending.abort(new Error('Cannot go on: the session has ended'));
    await replication.close();
  }
}

async function load(
  context: SessionContext,
  state: CaptureState,
  snapshot: string | undefined,
  signal: AbortSignal,
  failed: (error: unknown) => void,
): Promise<CaptureState> {
  const names = context.tables.map(({ schema, name }) => `${schema}.${name}`);
  const missing = context.tables.filter(
    ({ schema, name }) => !state.loaded.includes(`${schema}.${name}`),
  );
  const next = { ...state, loaded: names };
  if (missing.length > 0 && context.settings.fullLoad) {
    const { status, connection } = context;
    status.state = 'loading';
    context.log(`loading ${missing.map(({ name }) => name).join(', ')}`);
    const sender = openSender(context, signal, {
      sent(records) {
        status.rowsLoaded += records.length;
      },
      delivered: () => {},
      congested: () => {},
      failed,
    });
    const halted = AbortSignal.any([signal, context.stopping]);
    const options = { ...context, settings: context.settings.record };
    const emit = async (rows: readonly Parameters<typeof queuedRecord>[0][]) => {
      for (const row of rows) sender.push(queuedRecord(row, options));
      await sender.idle();
    };
    try {
      await loadTables({ connection, tables: missing, snapshot, emit, signal: halted });
    } catch (error) {
      // Stopped half-way: the next start loads again, and these rows repeat with their identity.
      if (context.stopping.aborted) return state;
      throw error;
    }
    await context.flushed();
    context.log(`loaded ${status.rowsLoaded} rows`);
  }
  if (missing.length > 0) await writeState(context.stateFile, next, true);
  return next;
}

async function follow(
  context: SessionContext,
  replication: ReplicationConnection,
  begin: CaptureState,
  signal: AbortSignal,
  failed: (error: unknown) => void,
): Promise<void> {
  const { status, stopping } = context;
  const acknowledge = (position: bigint) => {
    replication.acknowledge(position);
    status.acknowledgedLsn = formatLsn(position);
  };
  const acknowledger = createAcknowledger({
    flushed: context.flushed,
    save: async ({ lsn, previous }) => {
      const durable = { lsn: formatLsn(lsn), ...(previous === undefined ? {} : { previous }) };
      await writeState(context.stateFile, { ...begin, durable }, false);
    },
    acknowledge,
    failed,
    signal,
  });
  const sender = openSender(context, signal, {
    sent(records) {
      const ticks = records.filter(({ tick }) => tick).length;
      status.ticksPut += ticks;
      status.changesPut += records.length - ticks;
      if (ticks > 0) status.lastTickMs = context.now();
    },
    delivered(point) {
      status.lastCommitMs = point.commitTimeMs;
      acknowledger.delivered(point);
    },
    congested: (congested) => (congested ? replication.pause() : replication.resume()),
    failed,
  });
  const decode = pgoutputDecoder();
  const reader = changeReader({
    ...context,
    settings: context.settings.record,
    previous: begin.durable?.previous,
    push(entry) {
      sender.push(entry);
      status.queued = sender.queued;
    },
  });
  const startLsn = begin.durable === undefined ? 0n : parseLsn(begin.durable.lsn) + 1n;
  await replication.start(
    { slot: context.settings.slotName, publication: context.publication, startLsn },
    {
      message(message) {
        if (!stopping.aborted) reader.read(decode(message));
      },
      keepalive(position) {
        // Whatever committed before this position was sent before this message. With nothing of it
        // on its way the log of uncaptured tables can go, and the server can shut down.
        const idle = !reader.inTransaction && sender.isIdle && acknowledger.isIdle;
        if (idle && !stopping.aborted) acknowledge(position);
      },
    },
  );
  status.state = 'streaming';
  await aborted(stopping);
  replication.pause();
  await sender.idle();
  await acknowledger.idle();
}

function openSender(
  context: SessionContext,
  signal: AbortSignal,
  options: Omit<SenderOptions, 'writer'>,
): Sender {
  const { kinesis, streamName, log, status } = context;
  const retried = (reason: string) => {
    status.retries += 1;
    status.lastError = reason;
  };
  const writer = streamWriter({ kinesis, streamName, signal, log, retried });
  const sender = createSender({
    ...options,
    writer,
    sent(records) {
      options.sent(records);
      status.queued = sender.queued;
    },
  });
  return sender;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
