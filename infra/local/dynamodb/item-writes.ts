import {
  type BatchEntry,
  createKey,
  type Input,
  type Store,
  type TableDescription,
  validateItem,
  validateKey,
} from 'dynalite/db/index.js';
import { KeyLocks } from '../key-locks.ts';
import type { WriteOperation } from './actions.ts';
import { itemsPrefix } from './key-space.ts';
import { type StagedWrite, stageWrite } from './stage-write.ts';

/** One write of one item, checked but not yet carried out. */
export interface ItemWrite {
  readonly table: TableDescription;
  readonly operation: WriteOperation;
  readonly input: Input;
  /** Decides about the others, writes nothing itself: the ConditionCheck of a transaction. */
  readonly checkOnly?: boolean;
  /** Where the item lies, or undefined where the key does not fit the table; staging says why. */
  readonly place: string | undefined;
}

export function itemPlace(
  table: TableDescription,
  operation: WriteOperation,
  input: Input,
): string | undefined {
  const keyed = operation === 'PutItem' ? input.Item : input.Key;
  const invalid = operation === 'PutItem' ? validateItem(keyed, table) : validateKey(keyed, table);
  return invalid ? undefined : itemsPrefix(table.TableName) + createKey(keyed, table);
}

/** Stands around each batch of writes: they are decided when it is called, and there when `write` ends. */
export type AroundBatch = (write: () => Promise<void>) => Promise<void>;

/** All writes of items pass here: locked, decided together, written as one batch or not at all. */
export class ItemWrites {
  readonly #store: Store;
  readonly #aroundBatch: AroundBatch;
  readonly #locks = new KeyLocks();

  constructor(store: Store, aroundBatch: AroundBatch = (write) => write()) {
    this.#store = store;
    this.#aroundBatch = aroundBatch;
  }

  /** Writes all or, where any is refused, nothing. `extra` entries share the batch. */
  async apply(
    writes: readonly ItemWrite[],
    extra: readonly BatchEntry[] = [],
  ): Promise<readonly StagedWrite[]> {
    return this.holding(places(writes), async () => {
      const staged = await Promise.all(
        writes.map(({ table, operation, input }) =>
          stageWrite(this.#store, table, operation, input),
        ),
      );
      if (staged.every(({ refusal }) => refusal === undefined)) {
        const written = staged.filter((_, position) => !writes[position]?.checkOnly);
        const batch = [...written.flatMap(({ entries }) => entries), ...extra];
        await this.#aroundBatch(() => this.#store.db.batch(batch));
      }
      return staged;
    });
  }

  /** Runs `work` while nothing writes the items at these places. */
  holding<Result>(held: readonly string[], work: () => Promise<Result>): Promise<Result> {
    return this.#locks.hold(held, work);
  }
}

function places(writes: readonly ItemWrite[]): readonly string[] {
  return writes.flatMap(({ place }) => place ?? []);
}
