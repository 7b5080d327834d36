import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalCloud, startLocalCloud } from '../infra/local/cloud.ts';
import { checkFree, portsFrom } from '../infra/local/ports.ts';
import { settings } from '../shared/config/settings.ts';
import { apiToken } from './api-token.ts';
import { cpuMeter } from './cpu-meter.ts';
import { failureText } from './failure-text.ts';
import { placeArguments } from './options/place.ts';
import { ensureAssembly } from './start/assembly.ts';
import { beginAnew } from './start/begin-anew.ts';
import { refuseBlockedPort, refuseRunning } from './start/check-place.ts';
import { drain } from './start/drain.ts';
import { parseStartOptions, type StartOptions, usage } from './start/options.ts';
import { prepareDatabase } from './start/prepare-database.ts';
import { type StopSignals, stopSignals } from './start/stop-signals.ts';
import { summarise } from './start/summary.ts';
import { runTraffic } from './start/traffic.ts';

const root = path.dirname(import.meta.dirname);
const stage = 'dev';

// Whoever read what it says has gone, as with head: the shop goes on.
for (const output of [process.stdout, process.stderr]) output.on('error', () => {});

await main().catch((error: unknown) => {
  console.error(`\n${failureText(error)}`);
  process.exit(1);
});

async function main(): Promise<void> {
  const options = parseStartOptions(process.argv.slice(2), root);
  if (options === 'help') {
    console.log(usage);
    return;
  }
  const startedMs = Date.now();
  const signals = stopSignals({ sumsUp: options.durationMs !== undefined });
  const say = (words: string): void => console.error(words);
  const ports = portsFrom(options.portBase);
  refuseBlockedPort(ports.api);
  await refuseRunning(options.directory);
  await checkFree(ports);
  if (options.fresh) await beginAnew(options.directory);
  mkdirSync(options.directory, { recursive: true });
  const assembly = path.join(root, 'dist', 'assembly');
  say('Looking at the sources …');
  const { corsOrigins } = options;
  const context = {
    stage,
    settings: JSON.stringify(options.settings),
    ...(corsOrigins !== undefined && { corsOrigins }),
  };
  if (await ensureAssembly(root, assembly, context)) say('The template was synthesised anew.');

  const log = createWriteStream(logFileOf(options.directory), { flags: 'a' });
  const cloud = await startLocalCloud({
    assembly,
    directory: options.directory,
    ports,
    stage,
    prepareDatabase,
    log: (source, line) => log.write(`${new Date().toISOString()} ${source} ${line}\n`),
    progress: (words) => say(`… ${words}`),
  });
  try {
    await tellCommands(cloud, options);
    greet(cloud, options, Date.now() - startedMs);
    await live(cloud, options, signals);
  } finally {
    say('Stopping …');
    await cloud.close();
    await rm(path.join(options.directory, 'endpoint.json'), { force: true });
    log.end();
  }
}

/** Runs shoppers until the time is over or someone ends it; then, if asked, sums up. */
async function live(
  cloud: LocalCloud,
  options: StartOptions,
  { finish, stop }: StopSignals,
): Promise<void> {
  const { ratePerSecond, durationMs, seed } = options;
  const used = cpuMeter();
  const shopping = new AbortController();
  const end = AbortSignal.any([finish, shopping.signal]);
  const { apiUrl, database } = cloud;
  const operatorToken = () =>
    apiToken({ cloud, role: 'operator', aws: false, stage, data: options.directory });
  const traffic =
    ratePerSecond > 0
      ? runTraffic({ apiUrl, database, ratePerSecond, seed, signal: end, operatorToken })
      : Promise.resolve(undefined);
  await sleep(durationMs ?? 2 ** 31 - 1, undefined, { signal: finish }).catch(() => {});
  shopping.abort();
  const work = used();
  const report = await traffic;
  if (durationMs === undefined || stop.aborted) return;
  console.error('Draining …');
  const drained = await Promise.race([drain(cloud), once(stop, 'abort')]);
  if (typeof drained !== 'boolean') return;
  const summary = {
    shoppers: report,
    ...work,
    ...(await summarise(cloud, drained, settings(options.settings))),
  };
  console.log(options.json ? JSON.stringify(summary) : JSON.stringify(summary, null, 2));
  if (summary.lost + summary.doubled > 0 || !summary.drained) process.exitCode = 1;
}

/** Where the commands of this project find what runs here. */
async function tellCommands(cloud: LocalCloud, options: StartOptions): Promise<void> {
  const { host, port, user, password, database } = cloud.database;
  const endpoint = {
    apiUrl: cloud.apiUrl,
    awsUrl: cloud.awsUrl,
    databaseUrl: `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`,
    controlUrl: `${cloud.apiUrl}/local`,
    stage,
    settings: options.settings,
    pid: process.pid,
  };
  const file = path.join(options.directory, 'endpoint.json');
  await writeFile(file, `${JSON.stringify(endpoint, null, 2)}\n`, { mode: 0o600 });
}

function greet(cloud: LocalCloud, { directory, durationMs }: StartOptions, tookMs: number): void {
  const { played, inert, unknown } = cloud.resources.summary();
  const isUsual = directory === path.join(root, '.local');
  const place = placeArguments({ data: isUsual ? undefined : directory });
  const ends =
    durationMs === undefined
      ? 'Ctrl-C stops everything'
      : 'Ctrl-C sums up at once, pressed again it stops everything';
  const strange = unknown.length > 0 ? `, not known here: ${unknown.join(', ')}` : '';
  console.error(`
Up in ${(tookMs / 1000).toFixed(1)} s: ${played} resources of the template are played, ${inert} have nothing to do here${strange}.

  Live page   ${cloud.apiUrl}/dashboard
  Terminal    npm run watch${place && ` --${place}`}
  Shop API    ${cloud.apiUrl}/docs
  Token       npm run -s token -- --role operator${place}     (or analyst, or shopper --customer 1)
  SQL         npm run query -- "select * from orders limit 5"${place}
  AWS         aws --endpoint-url ${cloud.awsUrl} …
  Log         ${path.relative(process.cwd(), logFileOf(directory))}

${ends}; the next start goes on where this one ends.
`);
}

function logFileOf(directory: string): string {
  return path.join(directory, 'log.txt');
}
