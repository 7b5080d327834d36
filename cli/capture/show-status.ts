import { alignedLines } from '../aligned-lines.ts';
import { readSlot } from './slot-report.ts';
import type { CaptureTarget } from './target.ts';

const LAG_BYTES_MAX = 256 * 1024 * 1024;
const TICK_SECONDS_MAX = 30;

export interface Outcome {
  readonly healthy: boolean;
  /** For machines. */
  readonly json: unknown;
  /** For people. */
  readonly text: string;
}

/** How the capture is: what it says, what PostgreSQL says, and what to do when they worry. */
export async function showStatus(target: CaptureTarget, nowMs: number): Promise<Outcome> {
  const [report, slot] = await Promise.all([target.report(), readSlot(target.sql)]);
  const advice = adviceFor({ ...report, slot });
  const rows = [
    ['capture', `${target.name}: ${report.state}`],
    ['slot', slot === undefined ? 'none' : `${slot.slot}, ${slot.active ? 'read' : 'not read'}`],
    ['acknowledged', slot?.acknowledgedLsn ?? '-'],
    ['behind', slot === undefined ? '-' : `${slot.lagBytes.toLocaleString('en')} bytes of log`],
    ['rows loaded', report.rowsLoaded.toLocaleString('en')],
    ['changes', report.changes.toLocaleString('en')],
    [
      'last tick',
      slot === undefined
        ? '-'
        : `${Math.max(0, slot.secondsSinceTick).toFixed(1)} s ago, in PostgreSQL`,
    ],
    ...(report.lastTickMs === undefined
      ? []
      : [['', `${secondsSince(report.lastTickMs, nowMs)} s ago, in the stream`]]),
    ...(report.lastError === undefined ? [] : [['last error', report.lastError]]),
  ];
  const text = [alignedLines(rows.map(([name = '', value = '']) => [name, value])), ...advice].join(
    '\n',
  );
  return {
    healthy: advice.length === 0,
    json: { target: target.name, ...report, slot: slot ?? null, advice },
    text,
  };
}

function adviceFor(view: {
  readonly running: boolean;
  readonly lastError: string | undefined;
  readonly slot: Awaited<ReturnType<typeof readSlot>>;
}): readonly string[] {
  const { running, slot } = view;
  if (slot === undefined) {
    return ['There is no slot: start the capture with "npm run capture -- start".'];
  }
  return [
    running ? '' : 'The capture does not run: start it with "npm run capture -- start".',
    slot.walStatus === 'lost'
      ? 'PostgreSQL gave the slot up: start the capture again, which loads all tables anew.'
      : '',
    running && slot.lagBytes > LAG_BYTES_MAX
      ? 'The capture is far behind: look whether the stream refuses records (throttling, retries).'
      : '',
    slot.secondsSinceTick > TICK_SECONDS_MAX
      ? 'The clock rows are not updated: windows will not close. On AWS look at pg_cron, locally at the log of npm start.'
      : '',
  ].filter((line) => line !== '');
}

/** Clocks of two programs may differ by a little: never less than none. */
function secondsSince(atMs: number, nowMs: number): string {
  return (Math.max(0, nowMs - atMs) / 1_000).toFixed(1);
}
