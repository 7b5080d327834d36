import { setTimeout as sleep } from 'node:timers/promises';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import pg from 'pg';
import type { DatabaseConnection } from '../database/connection.ts';
import { planCapture } from './capture-plan.ts';
import { readCatalog } from './catalog.ts';
import { parseSettings } from './endpoint-settings.ts';
import { UnrecoverableError } from './errors.ts';
import { parseLsn } from './lsn.ts';
import { publish } from './publication.ts';
import { runSession, type SessionContext } from './session.ts';
import type { CaptureStatus } from './status.ts';
import { readTableMappings } from './table-rules.ts';

export interface CaptureResources {
  /** Properties of the AWS::DMS::ReplicationConfig or AWS::DMS::ReplicationTask. */
  readonly replication: unknown;
  /** Properties of the two AWS::DMS::Endpoint. */
  readonly source: unknown;
  readonly target: unknown;
}

export interface CaptureOptions extends CaptureResources {
  /** As the user who may replicate and read the captured columns, nothing else. */
  readonly connection: DatabaseConnection;
  /** As the owner of the tables, who alone may publish them. Used at the start only. */
  readonly owner: DatabaseConnection;
  readonly kinesis: KinesisClient;
  readonly streamName: string;
  /** Resolves when what the stream has acknowledged so far would survive a power cut. */
  readonly flushed: () => Promise<void>;
  readonly stateFile: string;
  readonly log: (line: string) => void;
  /** Name of the table whose rows are ticks. @default clock */
  readonly tickTable?: string;
}

export interface Capture {
  status(): CaptureStatus;
  /** Resolves when everything committed before the call is durable in the stream. */
  drain(): Promise<void>;
  /** Sends what was read, acknowledges it, and lets go of the slot; the next start goes on there. */
  stop(): Promise<void>;
}

const STOP_MS_MAX = 5_000;
const RECONNECT_MS_MIN = 50;
const RECONNECT_MS_MAX = 3_000;
const DRAIN_POLL_MS = 10;

/**
 * Plays DMS: follows the write-ahead log of PostgreSQL and puts every change of the mapped tables
 * into the stream, in DMS's JSON. Existing rows come first, as `load` records. At least once:
 * killed at any point it loses nothing, and what it repeats is the same record but for `timestamp`.
 *
 * Resolves when the slot is there: whatever commits from then on comes as a change. Later trouble
 * does not end the capture, it shows in the status; it connects again for as long as it takes.
 *
 * @throws Error for mappings or settings it does not play, or that do not fit the database, and when
 *   the user may not log in or replicate.
 */
export async function startCapture(options: CaptureOptions): Promise<Capture> {
  const settings = parseSettings(options);
  const publication = settings.slotName;
  const tables = await publishTables(options, publication);
  const status: CaptureStatus = {
    state: 'starting',
    slot: settings.slotName,
    publication,
    tables: tables.map(({ schema, name }) => `${schema}.${name}`),
    acknowledgedLsn: null,
    lastCommitMs: null,
    lastTickMs: null,
    rowsLoaded: 0,
    changesPut: 0,
    ticksPut: 0,
    queued: 0,
    retries: 0,
    lastError: null,
  };
  const stopping = new AbortController();
  const aborting = new AbortController();
  const opened = Promise.withResolvers<void>();
  const finished = runSessions(
    {
      ...options,
      tickTable: options.tickTable ?? 'clock',
      tables,
      settings,
      publication,
      status,
      now: Date.now,
      opened: opened.resolve,
      stopping: stopping.signal,
      aborting: aborting.signal,
    },
    opened.reject,
  );
  try {
    await opened.promise;
  } catch (error) {
    stopping.abort();
    await finished;
    throw error;
  }
  return {
    status: () => ({ ...status }),
    drain: () => drain(options.connection, status),
    async stop() {
      stopping.abort();
      const late = new AbortController();
      const grace = sleep(STOP_MS_MAX, undefined, { signal: late.signal });
      await Promise.race([finished, grace]);
      late.abort();
      grace.catch(() => {});
      aborting.abort(new Error('Cannot finish what was read: the stream took too long'));
      await finished;
    },
  };
}

async function publishTables(options: CaptureOptions, publication: string) {
  const rules = readTableMappings(options.replication);
  const client = new pg.Client({ ...options.owner, application_name: 'capture setup' });
  await client.connect();
  try {
    const tables = planCapture(rules, await readCatalog(client));
    await publish(client, publication, tables);
    return tables;
  } finally {
    await client.end();
  }
}

async function runSessions(
  context: SessionContext,
  failed: (error: unknown) => void,
): Promise<void> {
  const { status, stopping, log } = context;
  let pauseMs = RECONNECT_MS_MIN;
  while (!stopping.aborted) {
    try {
      await runSession(context);
    } catch (error) {
      failed(error); // heard by the start alone, as long as it waits
      if (stopping.aborted) break;
      const text = error instanceof Error ? error.message : String(error);
      if (error instanceof UnrecoverableError) {
        status.state = 'failed';
        status.lastError = text;
        log(`capture failed: ${text}`);
        return;
      }
      if (status.state === 'streaming') pauseMs = RECONNECT_MS_MIN;
      if (text !== status.lastError) log(`capture connects again: ${text}`);
      status.state = 'reconnecting';
      status.lastError = text;
      await sleep(pauseMs, undefined, { signal: stopping }).catch(() => {}); // stopped: that is all
      pauseMs = Math.min(pauseMs * 2, RECONNECT_MS_MAX);
    }
  }
  status.state = 'stopped';
}

/** Writes a mark into the log, which changes nothing, and waits until it is acknowledged. */
async function drain(connection: DatabaseConnection, status: CaptureStatus): Promise<void> {
  const client = new pg.Client({ ...connection, application_name: 'capture drain' });
  await client.connect();
  let mark: bigint;
  try {
    const { rows } = await client.query<{ lsn: string }>(
      `select pg_logical_emit_message(true, 'capture', 'drain')::text as lsn`,
    );
    mark = parseLsn(rows[0]?.lsn ?? '');
  } finally {
    await client.end();
  }
  while (status.acknowledgedLsn === null || parseLsn(status.acknowledgedLsn) <= mark) {
    if (status.state === 'stopped' || status.state === 'failed') {
      throw new Error(
        `Cannot drain capture: it does not run: received state "${status.state}", last error "${status.lastError}"`,
      );
    }
    await sleep(DRAIN_POLL_MS);
  }
}
