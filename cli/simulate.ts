import { settings } from '../shared/config/settings.ts';
import { apiToken } from './api-token.ts';
import { deployedSettings } from './deployed-settings.ts';
import { type ProgressBar, progressBar } from './progress-bar.ts';
import { runCommand } from './run-command.ts';
import { shopAddress } from './shop-address.ts';
import { runSessions } from './shoppers/run-sessions.ts';
import { runShoppers } from './shoppers/run-shoppers.ts';
import { actionTable, outcomeLines, sessionText } from './shoppers/session-report.ts';
import { liveClock, ownClock, type ShopClock } from './shoppers/shop-clock.ts';
import { hasMostlyFailed, progressText, type ShopperReport } from './shoppers/shopper-report.ts';
import { clearShopping } from './simulate/clear-shopping.ts';
import { openLabels } from './simulate/labels.ts';
import { prepareLesson } from './simulate/learn.ts';
import { parseSimulateOptions, type SimulateOptions, usage } from './simulate/options.ts';
import { whereHistoryIs } from './where-history-is.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LIVE_RATE = 10;

await runCommand(main);

async function main(): Promise<number> {
  const options = parseSimulateOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(usage);
    return 0;
  }
  const say = (line: string): void => console.error(line);
  if (options.clear) say(await clearShopping(options));
  if (options.kind === 'nothing') return 0;
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  const report =
    options.kind === 'endless'
      ? await shopEndlessly(options, stopping.signal)
      : await shopInSessions(options, stopping.signal, say);
  if (!hasMostlyFailed(report)) return 0;
  say('Most of what was drawn failed: does the shop still run?');
  return 1;
}

async function shopEndlessly(
  options: SimulateOptions,
  stopped: AbortSignal,
): Promise<ShopperReport> {
  const { durationMs, ratePerSecond = LIVE_RATE, seed, json } = options;
  const signals = durationMs === undefined ? [] : [AbortSignal.timeout(durationMs)];
  const report = await runShoppers({
    apiUrl: options.api ?? (await shopAddress(options)),
    ratePerSecond,
    seed,
    signal: AbortSignal.any([stopped, ...signals]),
    // A shop that is known by its address alone gives no token.
    ...(options.api === undefined && {
      operatorToken: () => apiToken({ ...options, role: 'operator' }),
    }),
    onReport: (soFar) => console.error(progressText(soFar)),
  });
  if (json) console.log(JSON.stringify(report));
  else console.log([actionTable(report), '', ...outcomeLines(report)].join('\n'));
  return report;
}

async function shopInSessions(
  options: SimulateOptions,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<ShopperReport> {
  const { sessions, durationMs = DAY_MS, historicalDays, seed, fraudShare, json } = options;
  const clock = clockOf(options, durationMs);
  const apiUrl = options.api ?? (await shopAddress(options));
  const { orderExpiresAfterMs } =
    options.api === undefined ? await deployedSettings(options) : settings();
  const lifetimeMs = 12 * HOUR_MS + (clock.isOwn ? 0 : durationMs);
  const operatorToken = await apiToken({ ...options, role: 'operator', lifetimeMs });
  const willLearn = clock.isOwn && options.learn;
  const lesson = willLearn ? await prepareLesson(options, say) : undefined;
  const labels = await openLabels(options.labels);
  let bar: ProgressBar | undefined;
  try {
    const report = await runSessions({
      sessions: Math.round(sessions * (historicalDays ?? 1)),
      sessionMaxMs: Math.min(durationMs, clock.toMs - clock.fromMs),
      ratePerSecond: options.ratePerSecond ?? (clock.isOwn ? Number.POSITIVE_INFINITY : LIVE_RATE),
      expiresAfterMs: orderExpiresAfterMs,
      ...{ apiUrl, operatorToken, clock, seed, fraudShare, signal },
      onLabel: labels.add,
      onStep(planned) {
        bar ??= progressBar({ label: 'actions', total: planned });
        bar.add(1);
      },
    });
    bar?.end();
    if (!json) console.log(sessionText(report));
    const isTold = report.ordersPlaced + report.clicksSent > 0;
    const learnt = isTold && !signal.aborted ? await lesson?.learn(report) : undefined;
    const [fromMs, toMs] = [Date.parse(report.from), Date.parse(report.to)];
    const told = {
      fromMs,
      toMs,
      kinds: ['orders', 'clicks'],
      isLearnt: learnt !== undefined,
    } as const;
    if (!clock.isOwn) say(`See it live: ${apiUrl}/dashboard`);
    else if (isTold) say(whereHistoryIs(apiUrl, options, told));
    const machine = { ...report, learnt: learnt ?? [], labels: options.labels };
    if (json) console.log(JSON.stringify(machine));
    return report;
  } finally {
    bar?.end();
    await labels.close();
  }
}

function clockOf({ historicalDays, speed }: SimulateOptions, durationMs: number): ShopClock {
  const nowMs = Date.now();
  if (historicalDays !== undefined) {
    return ownClock(nowMs, historicalDays * DAY_MS, Number.POSITIVE_INFINITY);
  }
  return speed > 1 ? ownClock(nowMs, durationMs, speed) : liveClock(nowMs, durationMs);
}
