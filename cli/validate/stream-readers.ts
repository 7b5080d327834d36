import { decodeChange } from '../../shared/changes/decode-change.ts';
import { shopFacts } from '../../shared/changes/shop-facts.ts';
import { clicks } from '../../shared/events/click-source.ts';
import { parseInsight } from '../../shared/events/insight-types.ts';
import { capturedTables } from '../../shared/shop/captured-tables.ts';
import type { StreamRecord } from '../../shared/stream/record.ts';

/** What a record says of itself. */
interface ReadRecord {
  /** Equal for every copy. */
  readonly id?: string | undefined;
  /** What every copy must say alike. */
  readonly content?: string;
  /** The row it changes, and which change of it this is. */
  readonly row?: { readonly key: string; readonly version: number };
  readonly tickMs?: number;
  readonly wrong?: string | undefined;
}

/** What was found while a stream was read. */
export class StreamReading {
  readonly openShards: string[] = [];
  readonly unsound: string[] = [];
  readonly contradictions: string[] = [];
  readonly disordered: string[] = [];
  /** Of each shard, when its newest tick came. */
  readonly tickMs = new Map<string, number>();
  records = 0;
  repeated = 0;
  readonly #read: (record: StreamRecord) => ReadRecord;
  readonly #contents = new Map<string, string>();
  readonly #versions = new Map<string, number>();

  /** Arrival of the first that are read. */
  readonly fromMs: number;

  constructor(fromMs: number, read: (record: StreamRecord) => ReadRecord) {
    this.fromMs = fromMs;
    this.#read = read;
  }

  add(shard: string, record: StreamRecord): void {
    const { id, content = '', row, tickMs, wrong } = this.#read(record);
    const place = `${shard}:${record.sequenceNumber}`;
    this.records += 1;
    if (wrong !== undefined) this.unsound.push(`${place}: ${wrong}`);
    if (tickMs !== undefined) this.tickMs.set(shard, tickMs);
    const before = id === undefined ? undefined : this.#contents.get(id);
    if (id !== undefined && before === undefined) this.#contents.set(id, content);
    if (before !== undefined) {
      this.repeated += 1;
      if (before !== content) this.contradictions.push(`${place}: ${id} says something else now`);
      return;
    }
    if (row === undefined) return;
    const key = `${shard} ${row.key}`;
    const last = this.#versions.get(key) ?? 0;
    if (row.version < last) {
      this.disordered.push(`${place}: ${row.key} version ${row.version} after ${last}`);
    }
    this.#versions.set(key, Math.max(last, row.version));
  }
}

/** How the records of each stream are read: as the functions read them. */
export const streamReaders: Readonly<Record<string, (fromMs: number) => StreamReading>> = {
  'shop-changes': (fromMs) => new StreamReading(fromMs, readChange),
  clickstream: (fromMs) => new StreamReading(fromMs, readClick),
  insights: (fromMs) => new StreamReading(fromMs, readInsight),
};

const facts = shopFacts(['order', 'orderItem', 'payment', 'adjustment', 'review'], 0);
const clickSource = clicks();
const columns = new Map(capturedTables.map((table) => [table.name, new Set(table.columns)]));

function readChange(record: StreamRecord): ReadRecord {
  const decoded = decodeChange(record.data);
  if (decoded.kind === 'undecodable') return { wrong: decoded.reason };
  if (decoded.kind === 'tick') return { tickMs: decoded.atMs };
  if (decoded.kind === 'ignored') return {};
  const { table, key, operation, rowVersion, row, eventId } = decoded.change;
  const left = Object.keys(row).filter((column) => !columns.get(table)?.has(column));
  const [fact] = facts.decode([record]);
  const wrong =
    left.length > 0
      ? `${table} ${key}: ${left.join(', ')} must not leave the database`
      : fact?.kind === 'undecodable'
        ? fact.reason
        : undefined;
  // A reload says again what a change said, and a row may have been captured in both ways.
  const content = JSON.stringify(row);
  if (operation === 'delete' || operation === 'load') return { id: eventId, content, wrong };
  return { id: eventId, content, row: { key: `${table} ${key}`, version: rowVersion }, wrong };
}

function readClick(record: StreamRecord): ReadRecord {
  const [decoded] = clickSource.decode([record]);
  if (decoded?.kind === 'undecodable') return { wrong: decoded.reason };
  if (decoded?.kind === 'tick') return { tickMs: decoded.atMs };
  if (decoded?.kind !== 'event') return {};
  return { id: decoded.id, content: JSON.stringify(decoded.event) };
}

function readInsight({ data }: StreamRecord): ReadRecord {
  try {
    const {
      id,
      generation,
      revision,
      data: said,
    } = parseInsight(JSON.parse(Buffer.from(data).toString()));
    return { id: `${id}|${generation}|${revision}`, content: JSON.stringify(said) };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}
