import { parseArgs } from 'node:util';
import { KinesisClient, ResourceNotFoundException } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { clickTypes } from '../shared/events/click.ts';
import { insightTypes } from '../shared/events/insight-types.ts';
import { capturedTables } from '../shared/shop/captured-tables.ts';
import { parseInstant } from '../shared/time/parse-instant.ts';
import { placeOf } from './jobs/cloud.ts';
import { localClient } from './local-client.ts';
import { numberOption } from './options/number-option.ts';
import { type Place, placeOptions, placeUsage } from './options/place.ts';
import { runCommand } from './run-command.ts';
import { followStream, type TailedRecord } from './tail/follow-stream.ts';
import { lineWriter } from './tail/line-writer.ts';
import { type Reading, type StreamReader, streamReaders } from './tail/read-record.ts';

const streams = Object.keys(streamReaders);
const tables = capturedTables.map(({ name }) => name);
const types = insightTypes.map(({ type }) => type);
/** What can be picked out of each stream, and by which option. */
const kinds: Readonly<
  Record<string, { readonly option: string; readonly names: readonly string[] }>
> = {
  'shop-changes': { option: 'table', names: tables },
  clickstream: { option: 'type', names: [...clickTypes, 'tick'] },
  insights: { option: 'type', names: types },
};

const usage = `npm run tail -- <stream> [options]

Shows what goes through a stream: ${streams.join(', ')}.

  --table NAME     of shop-changes: ${tables.slice(0, 7).join(', ')},
                   ${tables.slice(7).join(', ')} (hidden otherwise)
  --type NAME      of clickstream: ${clickTypes.join(', ')}, tick (hidden otherwise)
                   of insights: ${types.slice(0, 6).join(', ')},
                   ${types.slice(6).join(', ')}
  --from WHERE     latest (default), trim-horizon, or an instant like 2026-11-21T18:00:00Z
  --limit N        ends after N records
  --json           one JSON document per line
${placeUsage(15)}

What cannot be read is shown as such. Ctrl-C ends it.`;

/** They come every few seconds and tell of no row and no click. */
const ticks = new Set(['clock', 'tick']);
const pollMs = { local: 200, aws: 1_000 };
const dataShown = 160;

interface Options extends Place {
  readonly stream: string;
  readonly read: StreamReader;
  /** The one table or type that is wanted. */
  readonly kind: string | undefined;
  readonly from: 'latest' | 'trim-horizon' | number;
  readonly limit: number;
  readonly json: boolean;
}

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());

await runCommand(run, { endsWithReader: true });

async function run(): Promise<number> {
  const options = parseOptions();
  if (options === 'help') {
    console.log(usage);
    return 0;
  }
  const place = await placeOf(options);
  const client = new KinesisClient({
    ...(place.url !== undefined && localClient(place.url)),
    requestHandler: new NodeHttpHandler(),
  });
  const streamName = `${place.stage}-${options.stream}`;
  const tell = () => console.error(`Following ${streamName} of ${place.name}; Ctrl-C ends it.`);
  try {
    await follow(client, streamName, options, tell);
    return 0;
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    throw new Error(
      `Cannot follow stream: ${place.name} has none of this name: received "${streamName}"`,
    );
  } finally {
    client.destroy();
  }
}

async function follow(
  client: KinesisClient,
  streamName: string,
  options: Options,
  onOpen: () => void,
): Promise<void> {
  const lines = lineWriter(options.kind !== undefined);
  let shown = 0;
  const rounds = followStream(client, {
    streamName,
    from: options.from,
    signal: stopping.signal,
    onOpen,
    pollMs: options.aws ? pollMs.aws : pollMs.local,
  });
  for await (const records of rounds) {
    for (const record of records) {
      const reading = options.read(record.data);
      if (!isWanted(reading, options)) continue;
      for (const line of options.json ? [jsonLine(record, reading)] : textOf(record, reading)) {
        console.log(line);
      }
      shown += 1;
      if (shown === options.limit || stopping.signal.aborted) return;
    }
  }

  function textOf(record: TailedRecord, reading: Exclude<Reading, 'nothing'>): string[] {
    const time = new Date(record.arrivedMs).toISOString().slice(11, 23);
    if (!('undecodable' in reading)) return lines(time, reading);
    const text = Buffer.from(record.data)
      .toString('utf8')
      .replaceAll(/\p{Cc}+/gu, ' ');
    return [`${time}  cannot be read: ${reading.undecodable}: ${text.slice(0, dataShown)}`];
  }
}

function isWanted(reading: Reading, { kind }: Options): reading is Exclude<Reading, 'nothing'> {
  if (reading === 'nothing') return false;
  if ('undecodable' in reading) return true;
  if (kind !== undefined) return reading.kind === kind;
  return !ticks.has(reading.kind);
}

function jsonLine(record: TailedRecord, reading: Exclude<Reading, 'nothing'>): string {
  const { shard, sequenceNumber, arrivedMs, data } = record;
  const arrivedAt = new Date(arrivedMs).toISOString();
  const content =
    'undecodable' in reading
      ? { undecodable: reading.undecodable, data: Buffer.from(data).toString('base64') }
      : reading.json;
  return JSON.stringify({ shard, sequenceNumber, arrivedAt, ...content });
}

function parseOptions(): Options | 'help' {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      table: { type: 'string' },
      type: { type: 'string' },
      from: { type: 'string', default: 'latest' },
      limit: { type: 'string' },
      json: { type: 'boolean', default: false },
      ...placeOptions,
    },
  });
  if (values.help) return 'help';
  const [stream = '', ...rest] = positionals;
  const read = Object.hasOwn(streamReaders, stream) ? streamReaders[stream] : undefined;
  if (read === undefined || rest.length > 0) {
    throw wrong(`one stream of ${streams.join(', ')} is expected`, positionals.join(' ') || 'none');
  }
  const { table, type, json, aws, stage, data } = values;
  const limit =
    values.limit === undefined
      ? Number.POSITIVE_INFINITY
      : numberOption('tail', '--limit', values.limit, { min: 1, isWhole: true });
  const kind = kindFrom(stream, { table, type });
  return { stream, read, kind, from: fromOf(values.from), limit, json, aws, stage, data };
}

function kindFrom(
  stream: string,
  given: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const { option, names = [] } = kinds[stream] ?? {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || (name === option && names.includes(value))) continue;
    throw wrong(
      `${stream} takes --${option} with one of ${names.join(', ')}`,
      `--${name} ${value}`,
    );
  }
  return given[option ?? ''];
}

function fromOf(text: string): Options['from'] {
  if (text === 'latest' || text === 'trim-horizon') return text;
  const atMs = parseInstant(text);
  if (atMs === undefined || atMs > Date.now()) {
    throw wrong('--from takes latest, trim-horizon or an instant of the past', text);
  }
  return atMs;
}

function wrong(what: string, received: string): RangeError {
  return new RangeError(`Cannot tail: ${what}: received ${received}`);
}
