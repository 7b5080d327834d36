import type { Emission, Job } from '../stream/job.ts';
import type { EngineParts } from '../stream/parts.ts';
import { textOf } from '../stream/state/control.ts';
import { outboxPartition, outboxSk, type Run, wholePartition } from '../stream/state/layout.ts';
import { readJobRow } from '../stream/state/operate.ts';
import type { WindowBounds } from '../stream/window.ts';
import { readGenerations } from './generations.ts';
import type { Outlet } from './outlet.ts';
import { PassedBy, readStanding, type Standing } from './standing.ts';

/** A word in the outbox of a run that is not live. */
interface Kept {
  readonly sk: string;
  readonly revision: number;
  readonly window: WindowBounds | undefined;
  /** Where the run stood when the word had been said; undefined: it was not looked up yet. */
  readonly standing: Standing | undefined;
}

const lookEveryMs = 1_000;
/** A replay says more than this in a second; all of it was passed long ago. */
const unlookedMax = 2_000;
/** What is said beyond it is not kept: a live run that stands still must not fill the table. */
const keptMax = 10_000;

/**
 * The outlet of a run beside the live one. What it says stays in its outbox until the live one has
 * taken the same records and told the same windows: should this run become live before that, its
 * words are published, for the other no longer says them. A word that the live one has passed was
 * its to say.
 *
 * ```
 * words are in the outbox ─▶ where does this run stand? ─▶ who is live? ─▶ has it passed that?
 *   ─▶ is it still live, and this run not retiring? ─▶ remove
 * ```
 */
export class BesideOutlet<Event> implements Outlet {
  readonly #job: Job<Event>;
  readonly #declared: Run;
  readonly #parts: EngineParts;
  readonly #onBeyond: (words: number) => void;
  /** By id: of a word the highest revision holds. */
  readonly #kept = new Map<string, Kept>();
  /** Earlier revisions of what is kept, and what there was no room for. */
  #spare: string[] = [];
  #beyond = 0;
  /** Words said since the last look. */
  #unlooked = 0;
  #lookedAtMs = 0;

  /**
   * @param job in the generation that runs beside the live one.
   * @param declared the job as it is declared.
   * @param onBeyond told how many words were not kept because there were too many.
   */
  constructor(
    job: Job<Event>,
    declared: Run,
    parts: EngineParts,
    onBeyond: (words: number) => void = () => {},
  ) {
    this.#job = job;
    this.#declared = declared;
    this.#parts = parts;
    this.#onBeyond = onBeyond;
  }

  async publish(_run: Run, emissions: readonly Emission[]): Promise<void> {
    for (const emission of emissions) this.#keep(emission);
    const now = this.#parts.now();
    const isDue = Math.abs(now - this.#lookedAtMs) >= lookEveryMs || this.#unlooked >= unlookedMax;
    if (!isDue) return;
    this.#lookedAtMs = now;
    if (this.#kept.size + this.#spare.length > 0) await this.#letGo();
  }

  async sweep(): Promise<number> {
    const { store } = this.#parts;
    const row = await readJobRow(store, this.#job);
    // Until then who tells the history takes its words out of the outbox.
    if (row?.history?.told === false) return 0;
    for (const item of await store.query(outboxPartition(this.#job), wholePartition)) {
      this.#keep(JSON.parse(textOf(item, 'emission')));
    }
    await this.#letGo();
    return 0;
  }

  /** How many words the live one lacks, as far as was seen. */
  get kept(): number {
    return this.#kept.size;
  }

  #keep(emission: Emission): void {
    this.#unlooked += 1;
    const { id, revision, window } = emission;
    const sk = outboxSk(emission);
    const before = this.#kept.get(id);
    if (before && before.revision > revision) this.#spare.push(sk);
    else if (!before && this.#kept.size >= keptMax) {
      this.#spare.push(sk);
      this.#beyond += 1;
    } else if (before?.revision !== revision) {
      if (before) this.#spare.push(before.sk);
      // What is said anew goes behind: words lie in the order of their standings.
      this.#kept.delete(id);
      this.#kept.set(id, { sk, revision, window, standing: undefined });
    }
  }

  async #letGo(): Promise<void> {
    const { store } = this.#parts;
    const job = this.#job;
    this.#unlooked = 0;
    const standing = await readStanding(store, job);
    for (const [id, word] of this.#kept) {
      if (!word.standing) this.#kept.set(id, { ...word, standing });
    }
    const { live } = await readGenerations(store, this.#declared);
    if (live === job.generation) {
      // What lies in the outbox is the live outlet's to publish.
      this.#kept.clear();
      this.#spare = [];
      return;
    }
    const passed = await this.#passedBy(live);
    const then = await readGenerations(store, this.#declared);
    if (then.live !== live || then.retiring.includes(job.generation)) return;
    const partition = outboxPartition(job);
    const gone = [...this.#spare, ...passed.map(([, { sk }]) => sk)];
    this.#spare = [];
    for (const [id, word] of passed) if (this.#kept.get(id)?.sk === word.sk) this.#kept.delete(id);
    if (this.#beyond > 0) this.#onBeyond(this.#beyond);
    this.#beyond = 0;
    await store.remove(gone.map((sk) => ({ ...partition, sk })));
  }

  /** Words that the live generation had, or had decided not to say. */
  async #passedBy(live: number): Promise<readonly (readonly [string, Kept])[]> {
    const byStanding = Map.groupBy(this.#kept, ([, { standing }]) => standing);
    const passing = await PassedBy.of({ ...this.#job, generation: live }, this.#parts);
    const passed: (readonly [string, Kept])[] = [];
    for (const [standing, words] of byStanding) {
      // They lie in order: who has not come here has not come further.
      if (!standing || !(await passing.hasTaken(standing))) break;
      const told = await passing.hasTold(
        words.map(([, { window }]) => window),
        standing,
      );
      passed.push(...words.filter((_, index) => told[index]));
    }
    return passed;
  }
}
