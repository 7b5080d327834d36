import { sessionResultId } from '../commit/session-effects.ts';
import type { Emission, Job } from '../job.ts';
import { codecVersion, numberOf, textOf } from '../state/control.ts';
import { resultPartition, wholePartition } from '../state/layout.ts';
import type { Item, StateStore } from '../state-store.ts';
import { emissionOf } from './results.ts';

/** What the table says of a window or a session, as the outbox had it. */
interface ToldAgain {
  /** Sort key of its first item: results lie in order of it. */
  readonly sk: string;
  readonly updatedAtMs: number;
  /** Equal in id, revision and bytes to what its writing emitted. */
  readonly emissions: readonly Emission[];
}

/**
 * Reads the results of a run in their order, some at a time, as what was said when they were written.
 * Of a result that is written meanwhile, what is read may be of two revisions: it is left out, its
 * newer revision is said by its writing.
 *
 * @param after sort key of a result; only those behind it are read.
 * @param itemsMax items that are read at once.
 */
export async function* readToldResults<Event>(
  job: Job<Event>,
  store: StateStore,
  after: string | undefined,
  itemsMax: number,
): AsyncGenerator<readonly ToldAgain[], undefined> {
  const { from: first, to } = wholePartition;
  // Behind the last chunk that a result may have.
  let from = after === undefined ? first : `${after}#\u{10ffff}`;
  if (job.kind === 'session' && after !== undefined) from = behind(after);
  let open: Item[] = [];
  for (;;) {
    const items = await store.query(resultPartition(job), { from, to, max: itemsMax });
    const results: ToldAgain[] = [];
    for (const item of items) {
      if (isFirst(item)) {
        results.push(...resultOf(job, open));
        open = [];
      }
      open.push(item);
    }
    const last = items.at(-1);
    const isEnd = last === undefined || items.length < itemsMax;
    if (isEnd) results.push(...resultOf(job, open));
    if (results.length > 0) yield results;
    if (isEnd) return;
    from = behind(last.sk);
  }
}

function behind(sk: string): string {
  return `${sk}${wholePartition.from}`;
}

/** Whether a result begins with this item: its later chunks do not say whether it is final. */
export function isFirst({ attributes }: Item): boolean {
  return typeof attributes['final'] === 'boolean';
}

/** @param items of one result. */
function resultOf<Event>(job: Job<Event>, items: readonly Item[]): ToldAgain[] {
  const [first] = items;
  if (!first || !isFirst(first)) return [];
  const revision = numberOf(first, 'revision');
  const window = { startMs: numberOf(first, 'startMs'), endMs: numberOf(first, 'endMs') };
  const told = { sk: first.sk, updatedAtMs: numberOf(first, 'updatedAt') };
  if (job.kind === 'session') {
    const key = textOf(first, 'key');
    const id = sessionResultId(job, key, window.startMs);
    const emission = {
      ...{ id, entity: key, type: job.type, revision, window },
      ...(first.attributes['supersedes'] !== undefined && {
        supersedes: JSON.parse(textOf(first, 'supersedes')),
      }),
      data: JSON.parse(textOf(first, 'data')),
    };
    return [{ ...told, emissions: [emission] }];
  }
  if (job.kind !== 'windowed') return [];
  const count = numberOf(first, 'chunks');
  const isWhole =
    items.length === count &&
    items.every(
      (item) =>
        item.attributes['codec'] === codecVersion && item.attributes['revision'] === revision,
    );
  if (!isWhole) return [];
  const emissions = items.map((item, index) =>
    emissionOf(job, window, revision, JSON.parse(textOf(item, 'data')), index, count),
  );
  return [{ ...told, emissions }];
}
