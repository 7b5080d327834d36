import { createHash } from 'node:crypto';
import type { BatchEntry, Store } from 'dynalite/db/index.js';
import { DynamoError } from './dynamo-error.ts';
import { rangeOf, requestTokensPrefix } from './key-space.ts';

/** How long a ClientRequestToken makes a transaction idempotent. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
const idempotencyWindowMs = 600_000;

interface Remembered {
  readonly digest: string;
  readonly atMs: number;
}

/** Tells two requests apart that carry the same token. */
export function digestOf(parameters: unknown): string {
  return createHash('sha256').update(JSON.stringify(parameters)).digest('base64');
}

/**
 * Remembers the tokens of committed transactions. A token is written in the batch of its transaction,
 * so a client that repeats its call after a crash finds either both or neither.
 */
export class RequestTokens {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #inProgress = new Set<string>();

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /**
   * Runs `commit` with the entry that remembers the token, or nothing where the same transaction
   * has been committed before.
   */
  async once<Result>(
    token: string,
    digest: string,
    commit: (remember: BatchEntry) => Promise<Result>,
  ): Promise<Result | undefined> {
    if (this.#inProgress.has(token)) {
      throw new DynamoError(
        'TransactionInProgressException',
        'The transaction with the given request token is already in progress',
      );
    }
    this.#inProgress.add(token);
    try {
      const key = requestTokensPrefix + token;
      const remembered = this.#remembered(key);
      if (remembered === undefined) {
        return await commit({ type: 'put', key, value: { digest, atMs: this.#now() } });
      }
      if (remembered !== digest) {
        throw new DynamoError(
          'IdempotentParameterMismatchException',
          'The request uses the same client token as a previous, but non-identical request',
        );
      }
      return undefined;
    } finally {
      this.#inProgress.delete(token);
    }
  }

  /** Removes the tokens whose time is over. */
  async sweep(): Promise<void> {
    for await (const [key, { atMs }] of this.#store.db.iterator<Remembered>(
      rangeOf(requestTokensPrefix),
    )) {
      if (this.#isOver(atMs)) await this.#store.db.batch([{ type: 'del', key }]);
    }
  }

  #remembered(key: string): string | undefined {
    const remembered = this.#store.db.getSync<Remembered>(key);
    return remembered && !this.#isOver(remembered.atMs) ? remembered.digest : undefined;
  }

  #isOver(atMs: number): boolean {
    return this.#now() - atMs >= idempotencyWindowMs;
  }
}
