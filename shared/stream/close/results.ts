import { itemBytesMax } from '../commit/effects.ts';
import { isTooLarge, utf8Bytes } from '../commit/limits.ts';
import { outboxWrite } from '../commit/outbox.ts';
import { closingEmissionsMax, type Emission, type WindowedJob } from '../job.ts';
import { codecVersion, numberOf, textOf } from '../state/control.ts';
import { resultExpiry } from '../state/expiry.ts';
import { resultKey } from '../state/layout.ts';
import type { Item, Write } from '../state-store.ts';
import type { WindowBounds } from '../window.ts';
import type { Cut, Lineage } from './cut.ts';

/** Bytes of one chunk of a result: a reader of the output stream takes it in one piece. */
const chunkBytesMax = 100 * 1024;
/** Bytes of a result: it is written twice in one transaction, which takes 4 MB. */
const resultBytesMax = 15 * chunkBytesMax;

/** What the table says of a window. */
export interface ToldResult {
  readonly version: number;
  readonly revision: number;
  /** How many deltas it speaks of. */
  readonly deltas: number;
  /** Which: all up to these versions. */
  readonly cut: Cut;
  readonly closed: boolean;
  readonly final: boolean;
  readonly chunks: number;
}

const untold: ToldResult = {
  version: 0,
  revision: 0,
  deltas: 0,
  cut: new Map(),
  closed: false,
  final: false,
  chunks: 0,
};

/** Reads what was told of a window. */
export function toTold(item: Item | undefined): ToldResult {
  if (!item) return untold;
  return {
    version: numberOf(item, 'version'),
    revision: numberOf(item, 'revision'),
    deltas: numberOf(item, 'deltas'),
    cut: new Map<string, number>(JSON.parse(textOf(item, 'cut'))),
    closed: item.attributes['closed'] === true,
    final: item.attributes['final'] === true,
    chunks: numberOf(item, 'chunks'),
  };
}

/** What is to be told of a window now. */
interface NewResult {
  readonly window: WindowBounds;
  readonly data: unknown;
  readonly deltas: number;
  readonly cut: Cut;
  readonly lineage: Lineage;
  readonly closed: boolean;
  readonly final: boolean;
}

/**
 * The transaction that tells a result: in the table, if it still says what was read there, and,
 * where deltas were added, in the outbox as its next revision. When the window has closed now, or a
 * closed one is revised, it says what the job says then as well: the write of the result happens
 * once for each of these, so it is said once.
 *
 * @throws RangeError when the result, or what goes with it, is too long.
 */
export function resultWrites<Event>(
  job: WindowedJob<Event>,
  told: ToldResult,
  result: NewResult,
  nowMs: number,
): { readonly writes: Write[]; readonly emissions: Emission[] } {
  const { window, deltas, cut, lineage, closed, final } = result;
  const isNews = deltas > told.deltas;
  const revision = told.revision + (isNews ? 1 : 0);
  const chunks = chunksOf(job, result);
  const expiry = resultExpiry(job, nowMs);
  const writes = chunks.map((data, index): Write => {
    const common = {
      codec: codecVersion,
      revision,
      startMs: window.startMs,
      endMs: window.endMs,
      data: JSON.stringify(data) ?? 'null',
      ...expiry,
    };
    if (index > 0) return { key: resultKey(job, window.startMs, index), put: common };
    return {
      key: resultKey(job, window.startMs),
      condition:
        told.version === 0 ? { absent: true } : { attribute: 'version', equals: told.version },
      put: {
        ...common,
        version: told.version + 1,
        deltas,
        cut: JSON.stringify([...cut]),
        closed,
        final,
        chunks: chunks.length,
        lineage: JSON.stringify(lineage),
        updatedAt: nowMs,
      },
    };
  });
  for (let index = chunks.length; index < told.chunks; index += 1) {
    writes.push({ key: resultKey(job, window.startMs, index), remove: true });
  }
  const emissions = isNews
    ? chunks.map((data, index) => emissionOf(job, window, revision, data, index, chunks.length))
    : [];
  if (closed && (isNews || !told.closed)) {
    emissions.push(...closingEmissions(job, window, revision, result.data, emissions));
  }
  for (const emission of emissions) {
    writes.push({ ...outboxWrite(job, emission), condition: { absent: true } });
  }
  if (isTooLarge(writes)) {
    throw new RangeError(
      `Cannot tell a result of ${job.name}: it does not fit a transaction with what is said as it closes: received ${emissions.length} emissions for the window from ${window.startMs}`,
    );
  }
  return { writes, emissions };
}

function closingEmissions<Event>(
  job: WindowedJob<Event>,
  window: WindowBounds,
  revision: number,
  data: unknown,
  ofResult: readonly Emission[],
): Emission[] {
  const said = job.onClose?.(data, window) ?? [];
  const ids = new Set([...ofResult, ...said].map(({ id }) => id));
  if (said.length > closingEmissionsMax || ids.size < ofResult.length + said.length) {
    throw new RangeError(
      `Cannot tell what ${job.name} says of a closed window: it must be ${closingEmissionsMax} emissions at most, their ids all different: received ${said.length} for the window from ${window.startMs}`,
    );
  }
  return said.map(({ id, type, entity, data: what }) => {
    return { id, type, entity, revision, window, data: what };
  });
}

/** Part `index` of `count` of a window's result, as it goes to the output stream. */
export function emissionOf(
  job: Pick<WindowedJob<never>, 'name' | 'generation' | 'type'>,
  window: WindowBounds,
  revision: number,
  data: unknown,
  index: number,
  count: number,
): Emission {
  const id = `${job.name}|${job.generation}|${window.startMs}`;
  return {
    id: index === 0 ? id : `${id}|${index}`,
    entity: job.name,
    type: job.type,
    revision,
    window,
    ...(count > 1 && { chunk: { index, count } }),
    data,
  };
}

/** A result in pieces that a reader of the stream can take: a long array is cut between its items. */
function chunksOf<Event>(job: WindowedJob<Event>, { data, window }: NewResult): unknown[] {
  const rows: readonly unknown[] = Array.isArray(data) ? data : [data];
  const chunks: unknown[][] = [[]];
  let bytes = 0;
  let total = 0;
  for (const row of rows) {
    const more = utf8Bytes(JSON.stringify(row) ?? 'null') + 1;
    if (more > itemBytesMax) throw tooLong(job, window, 'one of its parts', itemBytesMax, more);
    total += more;
    if (bytes > 0 && bytes + more > chunkBytesMax) {
      chunks.push([]);
      bytes = 0;
    }
    chunks.at(-1)?.push(row);
    bytes += more;
  }
  if (total > resultBytesMax) throw tooLong(job, window, 'it', resultBytesMax, total);
  return Array.isArray(data) ? chunks : [data];
}

function tooLong<Event>(
  { name }: WindowedJob<Event>,
  { startMs }: WindowBounds,
  what: string,
  bytesMax: number,
  bytes: number,
): RangeError {
  return new RangeError(
    `Cannot tell a result of ${name}: ${what} is longer than ${bytesMax} bytes: received ${bytes} for the window from ${startMs}`,
  );
}
