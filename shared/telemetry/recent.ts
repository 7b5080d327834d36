/** Percentiles over what was measured lately. */
interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

/** Keeps measurements for `spanMs` and at most `samplesMax` of them: enough for a live figure. */
export class Recent {
  readonly #spanMs: number;
  readonly #samplesMax: number;
  #samples: { readonly atMs: number; readonly value: number }[] = [];

  constructor(spanMs: number, samplesMax: number) {
    this.#spanMs = spanMs;
    this.#samplesMax = samplesMax;
  }

  add(atMs: number, values: readonly number[]): void {
    for (const value of values) this.#samples.push({ atMs, value });
    const kept = this.#samples.filter((sample) => sample.atMs > atMs - this.#spanMs);
    this.#samples = kept.slice(-this.#samplesMax);
  }

  /** Measurements per second over the span, or over the part of it that the kept samples cover. */
  perSecond(nowMs: number): number {
    const [oldest] = this.#samples;
    const isFull = this.#samples.length === this.#samplesMax;
    const spanMs = isFull && oldest ? Math.min(this.#spanMs, nowMs - oldest.atMs) : this.#spanMs;
    return (this.#since(nowMs).length / Math.max(1, spanMs)) * 1000;
  }

  percentiles(nowMs: number): Percentiles | null {
    return percentiles(this.#since(nowMs).map(({ value }) => value));
  }

  #since(nowMs: number) {
    return this.#samples.filter(({ atMs }) => atMs > nowMs - this.#spanMs);
  }
}

/** Nearest-rank percentiles; null without values. */
export function percentiles(values: readonly number[]): Percentiles | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}
