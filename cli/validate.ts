import { parseArgs } from 'node:util';
import { athenaClient } from '../shared/lake/athena-client.ts';
import { lakeOfStage } from '../shared/lake/lake-of-stage.ts';
import { parseDurationMs } from './duration.ts';
import { connectJobsCloud } from './jobs/cloud.ts';
import { type Place, placeOptions, placeUsage } from './options/place.ts';
import { runCommand } from './run-command.ts';
import { openShopDatabase } from './shop-database.ts';
import type { Check } from './validate/check.ts';
import { clickChecks } from './validate/click-checks.ts';
import { databaseChecks } from './validate/database-checks.ts';
import { lakeChecks } from './validate/lake-checks.ts';
import { checkPublishedSchemas } from './validate/published-schemas.ts';
import { resultChecks } from './validate/result-checks.ts';
import { exitCodeOf, findingText, runChecks } from './validate/run-checks.ts';
import { schemaChecks } from './validate/schema-checks.ts';
import { landedChecks } from './validate/statistics/landed-checks.ts';
import { sessionChecks } from './validate/statistics/session-checks.ts';
import { windowedChecks } from './validate/statistics/windowed-checks.ts';
import { streamChecks } from './validate/stream-checks.ts';

const areas = ['schemas', 'database', 'streams', 'lake', 'results'] as const;

const usage = `npm run validate -- [--only area,…] [--since 10m] [--settle 30s] [--aws [--stage dev]] [--json]
npm run validate -- --schemas [--write]

Holds everything against everything, while the shop goes on: one line per check, ok, fault or not
checked. Exit code 1 on a fault, 2 when a check could not be made.

  --only         some of ${areas.join(', ')}
  --since        how far back the streams are read (10m)
  --settle       what is younger may not have landed in the lake yet (30s, on AWS 20m)
${placeUsage(13)}
  --json         one JSON document instead of lines
  --schemas      only the published schemas of events: that the files are as the code says
  --write        writes schemas that are new or have gained optional fields`;

const recordsMax = 20_000;

await runCommand(main, { failureCode: 2, endsWithReader: true });

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: areas.join(',') },
      since: { type: 'string', default: '10m' },
      settle: { type: 'string' },
      ...placeOptions,
      json: { type: 'boolean', default: false },
      schemas: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  if (values.schemas || values.write) return await publishSchemas(values.write);
  const only = areasFrom(values.only);
  const { aws, stage, data, json } = values;
  const settleMs = parseDurationMs(values.settle ?? (aws ? '20m' : '30s'));
  const sinceMs = parseDurationMs(values.since);
  const place = await connect({ aws, stage, data }, { settleMs, sinceMs });
  try {
    const checks = place.checks.filter(({ area }) => only.includes(area));
    if (!json) console.log(`${place.name}, what is older than ${settleMs / 1000} s:\n`);
    const findings = await runChecks(checks, (finding) => {
      if (!json) console.log(findingText(finding));
    });
    if (json) console.log(JSON.stringify({ place: place.name, findings }));
    return exitCodeOf(findings);
  } finally {
    await place.close();
  }
}

async function connect(
  options: Place,
  { settleMs, sinceMs }: { readonly settleMs: number; readonly sinceMs: number },
) {
  const cloud = await connectJobsCloud(options);
  const { name, stage, url, shards, now } = cloud;
  const [fromMs, settledMs] = [now() - sinceMs, now() - settleMs];
  const database = await openShopDatabase(options).catch((error: unknown) => {
    cloud.close();
    throw error;
  });
  const { db } = database;
  const client = athenaClient(url);
  const lake = { client, ...lakeOfStage(stage) };
  const checks: readonly Check[] = [
    ...schemaChecks(),
    ...databaseChecks(db),
    ...streamChecks(shards, { fromMs, now, recordsMax }),
    ...lakeChecks({ db, lake, settledMs }),
    ...clickChecks({ shards, lake, fromMs, settledMs, recordsMax }),
    ...landedChecks({ cloud, lake, settledMs }),
    ...resultChecks(db, cloud),
    ...windowedChecks({ cloud, lake, settledMs }),
    ...sessionChecks({ cloud, lake, settledMs }),
  ];
  return {
    name,
    checks,
    async close() {
      cloud.close();
      client.destroy();
      await database.close();
    },
  };
}

async function publishSchemas(write: boolean): Promise<number> {
  const { faults, written } = await checkPublishedSchemas({ write });
  for (const file of written) console.log(`written  ${file}`);
  for (const each of faults) console.log(`fault    ${each}`);
  return faults.length > 0 ? 1 : 0;
}

function areasFrom(text: string): readonly Check['area'][] {
  const names = text.split(',');
  const unknown = names.find((name) => !areas.some((area) => area === name));
  if (unknown === undefined) return areas.filter((area) => names.includes(area));
  throw new RangeError(
    `Cannot read options: --only takes ${areas.join(', ')}: received "${unknown}"`,
  );
}
