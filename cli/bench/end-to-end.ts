import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type LocalCloud, startLocalCloud } from '../../infra/local/cloud.ts';
import { portsFrom } from '../../infra/local/ports.ts';
import { percentiles } from '../../shared/telemetry/recent.ts';
import { ensureAssembly } from '../start/assembly.ts';
import { drain } from '../start/drain.ts';
import { prepareDatabase } from '../start/prepare-database.ts';
import { summarise } from '../start/summary.ts';
import { putOrders } from './put-orders.ts';

const root = path.resolve(import.meta.dirname, '../..');
const portBase = 4750;
const warmUpSeconds = 8;
/** Beyond this a rate counts as one that the machine does not follow. */
const alertMsMax = 1_000;

/**
 * Puts orders into PostgreSQL at a steady rate, each with one item, and measures how long after
 * its commit an order is in the revenue result, and an alert at the webhook. Rates rise until the
 * system no longer follows. One line of JSON per rate, then one that holds everything against
 * PostgreSQL.
 */
export async function benchEndToEnd(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rates: { type: 'string', default: '100,200,300,400,600,800,1200,1600' },
      seconds: { type: 'string', default: '15' },
      'alert-share': { type: 'string', default: '0.2' },
    },
  });
  const rates = values.rates.split(',').map(Number);
  const seconds = Number(values.seconds);
  const alertShare = Number(values['alert-share']);
  if (![...rates, seconds].every((value) => value > 0) || !(alertShare >= 0 && alertShare <= 1)) {
    throw new RangeError(
      `Cannot measure: rates and seconds must be positive, the share of alerts from 0 to 1: received ${args.join(' ')}`,
    );
  }
  const directory = await mkdtemp(path.join(tmpdir(), 'bench-'));
  const cloud = await startBenchCloud(directory);
  try {
    await putOrders(cloud.database, { perSecond: 50, seconds: warmUpSeconds, alertShare });
    for (const perSecond of rates) {
      await drain(cloud);
      const line = await measure(cloud, perSecond, seconds, alertShare);
      console.log(JSON.stringify(line));
      if (line.bent) break;
    }
    const { orders, lost, doubled } = await summarise(cloud, await drain(cloud));
    console.log(JSON.stringify({ bench: 'end-to-end', orders, lost, doubled }));
    if (lost + doubled > 0) process.exitCode = 1;
  } finally {
    await cloud.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function measure(cloud: LocalCloud, perSecond: number, seconds: number, alertShare: number) {
  cloud.metrics.clear();
  const cpu = process.cpuUsage();
  const put = await putOrders(cloud.database, { perSecond, seconds, alertShare });
  const drainStartMs = Date.now();
  await drain(cloud);
  // Functions write their metrics at the end of an invocation.
  await sleep(500);
  const { user, system } = process.cpuUsage(cpu);
  const commitToAlertMs = percentiles(cloud.metrics.values('CommitToAlert'));
  const commitToResultMs = percentiles(cloud.metrics.values('CommitToResult'));
  const bent = put.perSecond < 0.95 * perSecond || (commitToAlertMs?.p99 ?? 0) > alertMsMax;
  return {
    bench: 'end-to-end',
    targetPerSecond: perSecond,
    reachedPerSecond: Math.round(put.perSecond),
    orders: put.orders,
    alertShare,
    alerts: cloud.metrics.values('CommitToAlert').length,
    commitToAlertMs,
    commitToResultMs,
    drainMs: Date.now() - drainStartMs,
    cpuShareOfOneCore: Math.round((user + system) / 10_000 / seconds) / 100,
    rssMb: Math.round(process.memoryUsage.rss() / 1e6),
    bent,
  };
}

async function startBenchCloud(directory: string): Promise<LocalCloud> {
  const assembly = path.join(root, 'dist', 'assembly');
  await ensureAssembly(root, assembly, 'dev');
  return startLocalCloud({
    assembly,
    directory,
    ports: portsFrom(portBase),
    stage: 'dev',
    prepareDatabase,
    log: () => {},
    progress: (words) => console.error(`… ${words}`),
  });
}
