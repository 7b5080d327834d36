import type { SideRecord } from '../../shared/stream/commit/slice.ts';
import { type Job, panesOfJob } from '../../shared/stream/job.ts';
import { numberOf, textOf, unpackControl } from '../../shared/stream/state/control.ts';
import {
  baseKey,
  jobKey,
  panePartition,
  resultKey,
  segmentKey,
} from '../../shared/stream/state/layout.ts';
import type { Attributes, Item, ItemKey } from '../../shared/stream/state-store.ts';
import { firstEndOf, lastEndOf, lastUseOf, startOf } from '../../shared/stream/window.ts';
import { idsIn, payloadOf } from './declare-job.ts';
import type { SimulatedTable, WriteObserver } from './simulated-store.ts';
import type { Payload, SimulatedEvent } from './simulated-stream.ts';

/** Records in one of the side outputs, by shard and sequence number. */
export type SideRecords = Map<string, Payload>;

type SideOutput = 'late' | 'future' | 'quarantined';

/** Looks at every write as it happens: what must never be, and what only then can be known. */
export class Audit implements WriteObserver {
  /** Per event the ends of windows from which on a delta counted it, one for each time. */
  readonly counted = new Map<string, number[]>();
  readonly side: Readonly<Record<SideOutput, SideRecords>> = {
    late: new Map(),
    future: new Map(),
    quarantined: new Map(),
  };
  /** Per window, by its start, the revisions it was closed at, or had when it was closed already. */
  readonly closings = new Map<number, number[]>();
  /** What was put into the outbox, by its name there. */
  readonly outbox = new Map<string, string>();
  readonly #job: Job<SimulatedEvent>;
  readonly #table: SimulatedTable;
  readonly #payloads: readonly Payload[];
  readonly #fail: (what: string) => void;
  /** Panes whose base was touched by the transaction that is happening. */
  readonly #basesToCheck = new Set<number>();

  constructor(
    job: Job<SimulatedEvent>,
    table: SimulatedTable,
    payloads: readonly Payload[],
    fail: (what: string) => void,
  ) {
    this.#job = job;
    this.#table = table;
    this.#payloads = payloads;
    this.#fail = fail;
  }

  onWrite(key: ItemKey, old: Item | undefined, put: Attributes | undefined): void {
    const { pk, sk } = key;
    const item = put && { pk, sk, attributes: put };
    const area = key.table === 'results' ? key.table : pk.slice(0, 2);
    if (area === 'results') this.#result(sk, old, item);
    else if (area === 'J#' && sk === 'JOB') this.#jobRow(old, item);
    else if (area === 'J#') this.#control(sk, old, item);
    else if (area === 'P#') this.#pane(key, old, item);
    else if (area === 'I#') this.#unchanged(key, old, put);
    else if (area === 'O#') this.#emission(sk, put);
    else if (area === 'S#') this.#sideOutput(pk.endsWith('#late') ? 'late' : 'future', item);
    else if (area === 'Q#') this.#sideOutput('quarantined', item);
  }

  onWritten(): void {
    for (const pane of this.#basesToCheck) this.#checkBase(pane);
    this.#basesToCheck.clear();
  }

  get #floorMs(): number {
    return this.#numberOfJobRow('floorMs');
  }

  #numberOfJobRow(name: 'floorMs' | 'doneMs'): number {
    const row = this.#table.get(jobKey(this.#job));
    return row ? numberOf(row, name) : Number.MIN_SAFE_INTEGER;
  }

  #jobRow(old: Item | undefined, item: Item | undefined): void {
    this.#rising('job row', old, item, ['version', 'floorMs', 'doneMs']);
  }

  #control(sk: string, old: Item | undefined, item: Item | undefined): void {
    this.#rising(sk, old, item, ['version', 'watermarkMs', 'sealedMs']);
    if (!item) return;
    if (!old && numberOf(item, 'sealedMs') < this.#floorMs) {
      this.#fail(`${sk} is born below the floor`);
    }
    const before = Number((old && unpackControl(old).sequenceNumber) ?? 0);
    const after = Number(unpackControl(item).sequenceNumber ?? 0);
    if (after < before) this.#fail(`sequence number of ${sk} falls from ${before} to ${after}`);
  }

  #pane(key: ItemKey, old: Item | undefined, item: Item | undefined): void {
    const pane = Number(key.pk.slice(key.pk.lastIndexOf('#') + 1));
    const { window, lastUse } = this.#windowsOf(pane);
    if (!key.sk.startsWith('D#')) {
      if (key.sk === 'BASE') this.#rising(`base of pane ${pane}`, old, item, ['version']);
      this.#basesToCheck.add(pane);
    } else if (!item) {
      const isDone = lastUse <= this.#numberOfJobRow('doneMs');
      if (!isDone) this.#fail(`${key.sk} of pane ${pane} is removed before it is done`);
    } else {
      this.#unchanged(key, old, item.attributes);
      const fromEnd = numberOf(item, 'fromEndMs');
      for (const id of idsIn(textOf(item, 'totals'))) {
        this.counted.set(id, [...(this.counted.get(id) ?? []), fromEnd]);
      }
      for (let end = firstEndOf(window, pane); end <= lastUse; end += window.slideMs) {
        if (end < fromEnd) this.#late(`${key.sk} of pane ${pane} leaves out a window`, end);
        else if (this.#isFinal(end)) this.#fail(`${key.sk} adds to window ${end}, which is final`);
      }
    }
  }

  /** A base holds each delta up to its cut once, and nothing else. */
  #checkBase(pane: number): void {
    const row = this.#table.get(baseKey(this.#job, pane));
    if (!row) return;
    const cut = new Map<string, number>(JSON.parse(textOf(row, 'cut')));
    const held: string[] = [];
    for (let index = 0; index < numberOf(row, 'segments'); index += 1) {
      const segment = this.#table.get(segmentKey(this.#job, pane, textOf(row, 'name'), index));
      if (!segment) this.#fail(`the base of pane ${pane} lacks segment ${index}`);
      if (!segment) return;
      held.push(...idsIn(textOf(segment, 'entries')));
    }
    const folded = this.#table.all(panePartition(this.#job, pane), 'D#', 'D$').filter(({ sk }) => {
      const end = sk.lastIndexOf('#');
      return Number(sk.slice(end + 1)) <= (cut.get(`C#${sk.slice(2, end)}`) ?? 0);
    });
    const wanted = folded.flatMap((item) => idsIn(textOf(item, 'totals')));
    if (held.sort().join() !== wanted.sort().join()) {
      this.#fail(`the base of pane ${pane} holds ${held.join(' ')} instead of ${wanted.join(' ')}`);
    }
  }

  #isFinal(end: number): boolean {
    const start = end - panesOf(this.#job).sizeMs;
    const result = this.#table.get(resultKey(this.#job, start));
    return result?.attributes['final'] === true || end <= this.#numberOfJobRow('doneMs');
  }

  #windowsOf(pane: number) {
    const window = panesOf(this.#job);
    return { window, lastUse: lastUseOf(window, pane) };
  }

  /** Late is what the floor has left behind, lateness included, and nothing else. */
  #late(what: string, endMs: number): void {
    const openUntil = endMs + this.#job.allowedLatenessMs;
    if (openUntil > this.#floorMs)
      this.#fail(`${what} ${endMs} that is open: floor ${this.#floorMs}`);
  }

  #result(sk: string, old: Item | undefined, item: Item | undefined): void {
    if (old?.attributes['final'] === true) this.#fail(`result ${sk} is written after it was final`);
    if (!item) return;
    this.#rising(`result ${sk}`, old, item, ['version', 'revision', 'deltas']);
    const { closed, final, startMs, endMs, revision } = item.attributes;
    const wasClosed = old?.attributes['closed'] === true;
    if (closed === true && !(wasClosed && old?.attributes['revision'] === revision)) {
      const before = this.closings.get(Number(startMs)) ?? [];
      this.closings.set(Number(startMs), [...before, Number(revision)]);
    }
    const floorMs = this.#floorMs;
    if (closed === true && Number(endMs) > floorMs)
      this.#fail(`result ${sk} closes before its end`);
    if (final === true && Number(endMs) + this.#job.allowedLatenessMs > floorMs) {
      this.#fail(`result ${sk} is final before its lateness has passed`);
    }
  }

  #emission(sk: string, put: Attributes | undefined): void {
    const packed = put?.['emission'];
    if (typeof packed !== 'string') return;
    const before = this.outbox.get(sk);
    if (before !== undefined) this.#fail(`emission ${sk} is put into the outbox twice`);
    if (before !== undefined && before !== packed) this.#fail(`emission ${sk} has other content`);
    this.outbox.set(sk, packed);
  }

  #sideOutput(output: SideOutput, item: Item | undefined): void {
    if (!item) return;
    const records: SideRecord[] = JSON.parse(textOf(item, 'records'));
    for (const { shard, sequenceNumber, data } of records) {
      const place = `${shard} ${sequenceNumber}`;
      const payload = payloadOf({ data: Buffer.from(data, 'base64') }, this.#payloads);
      if (this.side[output].has(place)) this.#fail(`record ${place} is ${output} twice`);
      this.side[output].set(place, payload);
      if (output === 'late' && payload.kind === 'event') {
        this.#late(`record ${place} is late for a window`, this.#lastEndFor(payload.event));
      }
    }
  }

  #lastEndFor({ timeMs }: SimulatedEvent): number {
    if (this.#job.kind === 'session') return timeMs + this.#job.window.gapMs;
    const window = panesOf(this.#job);
    return lastEndOf(window, startOf(timeMs, window.paneMs, window.offsetMs));
  }

  #unchanged(key: ItemKey, old: Item | undefined, put: Attributes | undefined): void {
    if (old && put) this.#fail(`${key.pk} ${key.sk} is written twice`);
  }

  #rising(what: string, old: Item | undefined, item: Item | undefined, names: readonly string[]) {
    if (!old || !item) return;
    for (const name of names) {
      const [before, after] = [old.attributes[name], item.attributes[name]];
      if (Number(after) < Number(before))
        this.#fail(`${name} of ${what} falls from ${before} to ${after}`);
    }
  }
}

function panesOf(job: Job<SimulatedEvent>) {
  if (job.kind === 'session') throw new TypeError('sessions have no panes');
  return panesOfJob(job);
}
