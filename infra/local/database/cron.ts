import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { DatabaseConnection } from './connection.ts';

export interface CronOptions {
  readonly connection: DatabaseConnection;
  /** The statement that pg_cron runs on Aurora. */
  readonly statement: string;
  readonly everyMs: number;
  readonly log: (line: string) => void;
}

export interface Cron {
  stop(): Promise<void>;
}

const RETRY_MS = 1_000;

/**
 * Plays pg_cron for one job: the statement runs every `everyMs`, never twice at a time; a run that
 * takes longer delays the next. Errors are logged once per change of their text, and the job goes on.
 */
export function startCron(options: CronOptions): Cron {
  const stopping = new AbortController();
  const { signal } = stopping;
  const finished = run(options, signal);
  return {
    async stop() {
      stopping.abort();
      await finished;
    },
  };
}

async function run(options: CronOptions, signal: AbortSignal): Promise<void> {
  let lastError = '';
  while (!signal.aborted) {
    const client = new pg.Client({ ...options.connection, application_name: 'cron' });
    client.on('error', () => {}); // the running statement fails with it
    try {
      await client.connect();
      while (!signal.aborted) {
        const startedMs = performance.now();
        await client.query(options.statement);
        lastError = '';
        await pause(options.everyMs - (performance.now() - startedMs), signal);
      }
    } catch (error) {
      if (!signal.aborted && String(error) !== lastError) {
        lastError = String(error);
        options.log(`cron job "${options.statement}" failed and is tried again: ${lastError}`);
      }
      await pause(RETRY_MS, signal);
    } finally {
      await client.end().catch(() => {}); // broken before
    }
  }
}

async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  if (durationMs <= 0) return;
  await sleep(durationMs, undefined, { signal }).catch(() => {}); // stopped: that is all
}
