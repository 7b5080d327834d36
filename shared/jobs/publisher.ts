import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { insightRecord } from '../events/insight.ts';
import { putRecords, type Wait } from '../kinesis/put-records.ts';
import type { Emission } from '../stream/job.ts';
import { textOf } from '../stream/state/control.ts';
import { outboxPartition, outboxSk, type Run, wholePartition } from '../stream/state/layout.ts';
import type { StateStore } from '../stream/state-store.ts';
import type { Outlet } from './outlet.ts';

const sweptAtOnce = 500;

/** An emission as it is put into the output stream: in order with others about its entity. */
export function insightEntry(run: Run, emission: Emission) {
  const Data = Buffer.from(JSON.stringify(insightRecord(run, emission)));
  return { PartitionKey: emission.entity, Data };
}

/**
 * The relay from the outbox to the output stream. Publishing is at least once: a crash between
 * the put and the removal repeats a record with the same id and revision.
 */
export class Publisher implements Outlet {
  readonly #client: KinesisClient;
  readonly #streamName: string;
  readonly #store: StateStore;
  readonly #wait: Wait;

  constructor(client: KinesisClient, streamName: string, store: StateStore, wait: Wait) {
    this.#client = client;
    this.#streamName = streamName;
    this.#store = store;
    this.#wait = wait;
  }

  /** Publishes emissions that a commit has just put into the outbox, and takes them out of it. */
  async publish(run: Run, emissions: readonly Emission[]): Promise<void> {
    if (emissions.length === 0) return;
    const entries = emissions.map((emission) => insightEntry(run, emission));
    await putRecords(this.#client, this.#streamName, entries, this.#wait);
    const partition = outboxPartition(run);
    await this.#store.remove(
      emissions.map((emission) => ({ ...partition, sk: outboxSk(emission) })),
    );
  }

  /**
   * Publishes what earlier invocations left behind, part by part, so that a sweep that is cut off
   * has got on.
   *
   * @returns how many emissions were published.
   */
  async sweep(run: Run): Promise<number> {
    const rows = await this.#store.query(outboxPartition(run), wholePartition);
    const emissions = rows.map((row): Emission => JSON.parse(textOf(row, 'emission')));
    for (let first = 0; first < emissions.length; first += sweptAtOnce) {
      await this.publish(run, emissions.slice(first, first + sweptAtOnce));
    }
    return emissions.length;
  }
}
