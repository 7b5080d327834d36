import { close, closeSync, fdatasync, fdatasyncSync } from 'node:fs';
import { promisify } from 'node:util';

const syncData = promisify(fdatasync);
const closeFile = promisify(close);

/**
 * Brings written bytes to the disk, many writes with one fsync per file: at the latest after the
 * delay, at once when somebody waits.
 */
export class SyncGroup {
  readonly #delayMs: number;
  #dirty = new Set<number>();
  /** The files of the round under way; none of them may be closed before its end. */
  #syncing: ReadonlySet<number> = new Set();
  #round: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failure: Error | undefined;

  constructor(delayMs: number) {
    this.#delayMs = delayMs;
  }

  /** Notes a file that was written to. */
  written(file: number): void {
    this.#dirty.add(file);
    this.#timer ??= setTimeout(() => {
      // Whoever waits for the disk gets the failure from flushed(), which remembers it.
      this.#sync().catch(() => undefined);
    }, this.#delayMs);
  }

  /** Throws once the disk has refused: what it holds since then is not known any more. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Resolves when everything written before this call is on the disk. */
  async flushed(): Promise<void> {
    this.check();
    // A round under way may have begun before the last write.
    if (this.#round !== undefined) await this.#round;
    await this.#sync();
  }

  /** Brings a file to the disk at once and closes it; nothing is written to it any more. */
  finish(file: number): void {
    this.check();
    try {
      fdatasyncSync(file);
    } catch (cause) {
      throw this.#fail(cause);
    }
    this.#dirty.delete(file);
    if (!this.#syncing.has(file)) closeSync(file);
    else this.#round?.finally(() => closeSync(file)).catch(() => undefined);
  }

  /** Closes a file that nobody needs on the disk any more, once no round uses it. */
  async discard(file: number): Promise<void> {
    this.#dirty.delete(file);
    if (this.#syncing.has(file)) await this.#round?.catch(() => undefined);
    await closeFile(file);
  }

  /** Syncs all that is left. The files stay open. */
  async close(): Promise<void> {
    await this.flushed();
    clearTimeout(this.#timer);
  }

  async #sync(): Promise<void> {
    if (this.#round !== undefined) return this.#round;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#dirty.size === 0) return;
    this.#syncing = this.#dirty;
    this.#dirty = new Set();
    this.#round = this.#syncAll(this.#syncing);
    try {
      await this.#round;
    } finally {
      this.#round = undefined;
      this.#syncing = new Set();
    }
  }

  async #syncAll(files: ReadonlySet<number>): Promise<void> {
    try {
      await Promise.all([...files].map((file) => syncData(file)));
    } catch (cause) {
      throw this.#fail(cause);
    }
  }

  /** After a failed fsync the system may have dropped the bytes: trying again proves nothing. */
  #fail(cause: unknown): Error {
    this.#failure = new Error('Cannot keep records: the disk refused them', { cause });
    return this.#failure;
  }
}
