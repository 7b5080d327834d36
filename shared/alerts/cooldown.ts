/** How long after a message the next of its kind and entity waits: each in a row waits longer. */
export const cooldownStepsMs = [30_000, 60_000, 120_000, 240_000] as const;
/** Without an alert for so long the next cooldown is the shortest again. */
export const quietMs = 600_000;
/** What was acknowledged is told of again after this long, however often it comes. */
const acknowledgedMaxMs = 4 * 3_600_000;

/** What is remembered of the alerts of one kind about one entity, epoch milliseconds. */
export interface Cooldown {
  /** Index of the cooldown that runs or ran last. */
  readonly step: number;
  /** Until then alerts are held back. */
  readonly untilMs: number;
  /** When the last alert came, told or held back. */
  readonly lastMs: number;
  /** Until then a person does not want to hear of them. */
  readonly snoozedUntilMs?: number | undefined;
  /** When a person said that they know. */
  readonly acknowledgedMs?: number | undefined;
}

/**
 * An alert comes. It is told at once where no cooldown runs and nobody has acknowledged the ones
 * before; else together with others, later.
 *
 * @param before undefined where nothing is remembered.
 * @returns what to remember, and when to tell: `nowMs`, or when what holds it back ends.
 */
export function onAlert(
  before: Cooldown | undefined,
  nowMs: number,
): { readonly cooldown: Cooldown; readonly tellAtMs: number } {
  if (before === undefined) return { cooldown: startCooldown(before, nowMs), tellAtMs: nowMs };
  // Clocks of instances differ; time does not run backwards here.
  const atMs = Math.max(nowMs, before.lastMs);
  const seen = { ...before, lastMs: atMs };
  const acknowledgedUntilMs = acknowledgedUntil(before, atMs);
  const { untilMs, snoozedUntilMs = 0 } = before;
  const heldUntilMs = Math.max(untilMs, snoozedUntilMs, acknowledgedUntilMs ?? 0);
  if (heldUntilMs > atMs) return { cooldown: seen, tellAtMs: heldUntilMs };
  return { cooldown: { ...startCooldown(before, atMs), lastMs: atMs }, tellAtMs: atMs };
}

/** A message goes out: the cooldown after it, longer than the last unless it was quiet. */
export function startCooldown(before: Cooldown | undefined, nowMs: number): Cooldown {
  const wasQuiet = before === undefined || nowMs - before.lastMs >= quietMs;
  const step = wasQuiet ? 0 : Math.min(before.step + 1, cooldownStepsMs.length - 1);
  const untilMs = Math.max(before?.untilMs ?? 0, nowMs + (cooldownStepsMs[step] ?? 0));
  return { step, untilMs, lastMs: before?.lastMs ?? nowMs };
}

/** Holds back what comes until `untilMs`, and no shorter than the cooldown that runs. */
export function snooze(before: Cooldown | undefined, untilMs: number, nowMs: number): Cooldown {
  return { step: 0, untilMs: nowMs, lastMs: nowMs, ...before, snoozedUntilMs: untilMs };
}

/** Holds back what comes until it has been quiet, or for {@link acknowledgedMaxMs}. */
export function acknowledge(before: Cooldown | undefined, nowMs: number): Cooldown {
  return { step: 0, untilMs: nowMs, lastMs: nowMs, ...before, acknowledgedMs: nowMs };
}

/** Whether nothing is left that the next alert would be treated differently for. */
export function isForgotten(cooldown: Cooldown, nowMs: number): boolean {
  const { untilMs, snoozedUntilMs = 0, lastMs, acknowledgedMs = 0 } = cooldown;
  return (
    nowMs >= Math.max(untilMs, snoozedUntilMs) &&
    nowMs - Math.max(lastMs, acknowledgedMs) >= quietMs
  );
}

/** When an acknowledged row of alerts is told of again; undefined where it is not acknowledged. */
function acknowledgedUntil({ acknowledgedMs, lastMs }: Cooldown, nowMs: number) {
  if (acknowledgedMs === undefined || nowMs - Math.max(lastMs, acknowledgedMs) >= quietMs) {
    return undefined;
  }
  return Math.min(nowMs + quietMs, acknowledgedMs + acknowledgedMaxMs);
}
