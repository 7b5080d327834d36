/** https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
const recordsPerSecondMax = 1_000;
const bytesPerSecondMax = 1024 * 1024;

/** What one shard takes in a second. */
export class WriteLimits {
  #secondStartMs = Number.NEGATIVE_INFINITY;
  #records = 0;
  #bytes = 0;

  /** Whether the shard takes one more record now; counts it if so. */
  admit(bytes: number, nowMs: number): boolean {
    if (nowMs - this.#secondStartMs >= 1_000) {
      this.#secondStartMs = nowMs;
      this.#records = 0;
      this.#bytes = 0;
    }
    const fits = this.#records < recordsPerSecondMax && this.#bytes + bytes <= bytesPerSecondMax;
    if (fits) {
      this.#records += 1;
      this.#bytes += bytes;
    }
    return fits;
  }
}
