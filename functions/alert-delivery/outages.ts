/** A batch asks a target again after this long, or sooner if it said so; the schedule asks it in between. */
const outageMs = 60_000;

/**
 * Targets that failed of late: their alerts wait in their lanes, and no batch waits for them. An
 * instance goes by what it saw itself.
 */
export class Outages {
  readonly #untilMs = new Map<string, number>();

  /** @param retryAfterMs what the target asked for, if it did. */
  begin(target: string, nowMs: number, retryAfterMs: number = outageMs): void {
    this.#untilMs.set(target, nowMs + Math.min(retryAfterMs, outageMs));
  }

  end(target: string): void {
    this.#untilMs.delete(target);
  }

  endAll(): void {
    this.#untilMs.clear();
  }

  has(target: string, nowMs: number): boolean {
    return (this.#untilMs.get(target) ?? 0) > nowMs;
  }

  /** Those that fail now. */
  all(nowMs: number): readonly string[] {
    return [...this.#untilMs].filter(([, untilMs]) => untilMs > nowMs).map(([target]) => target);
  }
}
