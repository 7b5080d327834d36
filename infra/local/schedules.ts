import { z } from 'zod';
import { functionName } from './lambda/function-name.ts';
import type { Invoke } from './lambda/invocation-result.ts';
import { type NextRun, scheduleExpression } from './schedule-expression.ts';
import type { Resource } from './service.ts';

export interface SchedulesOptions {
  /** `AWS::Scheduler::Schedule` */
  readonly schedules: readonly Resource[];
  readonly invoke: Invoke;
  readonly log: (line: string) => void;
  readonly now: () => number;
}

/** Schedules that run until they are stopped. */
export interface RunningSchedules {
  /** Starts no more runs, and waits for the ones under way no longer than this. */
  stop(patienceMs?: number): Promise<void>;
}

interface Schedule {
  readonly name: string;
  readonly functionName: string;
  readonly input: unknown;
  readonly next: NextRun;
}

const scheduleProperties = z.object({
  Name: z.string().optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.enum(['UTC', 'Etc/UTC'], 'only UTC is played').default('UTC'),
  Target: z.object({ Arn: z.string(), Input: z.string().optional() }),
});

const jsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'Target.Input is not JSON' });
    return z.NEVER;
  }
});

/** The longest a timer of Node.js can wait; a schedule further away is looked at again then. */
const timerMsMax = 2 ** 31 - 1;
const patienceMsDefault = 5000;

/**
 * Plays the template's schedules. Unlike AWS every schedule also runs once at the start, so that
 * the system is alive at once. As on AWS a run starts on time whether or not the last one has
 * ended; a failed run is logged, and the next one is its retry.
 */
export function startSchedules(options: SchedulesOptions): RunningSchedules {
  const { invoke, log, now } = options;
  const schedules = options.schedules.flatMap((resource) => readSchedule(resource) ?? []);
  const timers = new Map<Schedule, NodeJS.Timeout>();
  const runs = new Set<Promise<void>>();

  async function run(schedule: Schedule): Promise<void> {
    try {
      const result = await invoke(schedule.functionName, schedule.input);
      if (result.ok) return;
      log(`schedule ${schedule.name} failed: ${result.errorType}: ${result.errorMessage}`);
    } catch (error) {
      log(`schedule ${schedule.name} failed: ${String(error)}`);
    }
  }

  function startRun(schedule: Schedule): void {
    const under = run(schedule).finally(() => runs.delete(under));
    runs.add(under);
  }

  function waitFor(schedule: Schedule, atMs: number | undefined): void {
    if (atMs === undefined) {
      log(`schedule ${schedule.name} has no further run`);
      return;
    }
    const delayMs = Math.min(Math.max(0, atMs - now()), timerMsMax);
    const timer = setTimeout(() => {
      if (now() < atMs) return waitFor(schedule, atMs);
      startRun(schedule);
      // A laptop that slept runs a missed schedule once, not once for every time it missed.
      waitFor(schedule, nextAfterNow(schedule, atMs, now()));
    }, delayMs);
    timers.set(schedule, timer);
  }

  const startMs = now();
  for (const schedule of schedules) {
    startRun(schedule);
    waitFor(schedule, schedule.next(startMs));
  }

  async function stop(patienceMs = patienceMsDefault): Promise<void> {
    for (const timer of timers.values()) clearTimeout(timer);
    const patience = Promise.withResolvers<void>();
    const timer = setTimeout(patience.resolve, patienceMs);
    await Promise.race([Promise.all(runs), patience.promise]);
    clearTimeout(timer);
  }

  return { stop };
}

function nextAfterNow({ next }: Schedule, fromMs: number, nowMs: number): number | undefined {
  const onBeat = next(fromMs);
  return onBeat === undefined || onBeat > nowMs ? onBeat : next(nowMs);
}

function readSchedule(resource: Resource): Schedule | undefined {
  const parsed = scheduleProperties.safeParse(resource.properties);
  if (!parsed.success) throw wrong(resource, z.prettifyError(parsed.error));
  const { State, Name: name = resource.ref, ScheduleExpression, Target } = parsed.data;
  if (State === 'DISABLED') return undefined;
  const input = jsonText.safeParse(Target.Input ?? '{}');
  if (!input.success) throw wrong(resource, z.prettifyError(input.error));
  return {
    name,
    functionName: functionName(Target.Arn),
    input: input.data,
    next: scheduleExpression(ScheduleExpression),
  };
}

function wrong({ logicalId }: Resource, reason: string): Error {
  return new Error(
    `Cannot play schedule: its properties are wrong: received ${logicalId}: ${reason}`,
  );
}
