import { rm } from 'node:fs/promises';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import pg from 'pg';
import { z } from 'zod';
import { type Capture, startCapture } from '../../../../infra/local/capture/capture.ts';
import { migrate } from '../../../../shared/shop/migrate.ts';
import { serveAws } from '../../../fixtures/aws-endpoint.ts';
import { streamResource } from '../../../fixtures/kinesis-streams.ts';
import { liftRules } from '../../../fixtures/lift-rules.ts';
import { passwords, startPostgres } from '../../../fixtures/postgres.ts';
import { only, resourcesOf, synthesiseTemplates } from '../../templates.ts';
import { everything, kinesisRig, stream } from '../kinesis/kinesis-rig.ts';
import type { ColumnInfo } from './column-samples.ts';

const columnRows = z.array(
  z.object({
    table_schema: z.string(),
    table_name: z.string(),
    column_name: z.string(),
    data_type: z.string(),
    character_maximum_length: z.number().nullable(),
    numeric_precision: z.number().nullable(),
    numeric_scale: z.number().nullable(),
    is_nullable: z.enum(['YES', 'NO']),
  }),
);

/** A record of the change stream where it lies. */
export interface StreamedChange {
  readonly shardId: string;
  readonly partitionKey: string;
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly keys: readonly string[];
}

export type ShopCaptureRig = Awaited<ReturnType<typeof startShopCaptureRig>>;

/**
 * The migrated shop in a real PostgreSQL, captured as the template says, into the local Kinesis. Its
 * rules about values and keys are lifted, so that every column can be given every value.
 */
export async function startShopCaptureRig() {
  const templates = await synthesiseTemplates();
  const [source, target] = resourcesOf(templates, 'AWS::DMS::Endpoint');
  const replication = only(resourcesOf(templates, 'AWS::DMS::ReplicationConfig')).Properties;
  const server = await startPostgres();
  const owner = await server.createDatabase();
  const admin = new pg.Client(owner);
  await admin.connect();
  await migrate(admin, { pseudonymKey: 'a key for tests alone' });
  await liftRules(admin);
  const rig = await kinesisRig();
  const kinesis = await rig.open({ streams: [streamResource(stream, { ShardCount: 4 })] });
  const endpoint = await serveAws([kinesis]);
  const client = new KinesisClient({ ...endpoint.client, requestHandler: new NodeHttpHandler() });
  let capture: Capture | undefined;
  return {
    sql: async (text: string, values?: unknown[]) => (await admin.query(text, values)).rows,
    columns: () => readColumns(admin),
    async capture(): Promise<Capture> {
      capture = await startCapture({
        replication,
        source: source?.Properties,
        target: target?.Properties,
        owner,
        connection: { ...owner, user: 'shop_capture', password: passwords.capture },
        kinesis: client,
        streamName: stream,
        flushed: () => kinesis.flushed(),
        stateFile: `${rig.directory}/capture.json`,
        log: () => undefined,
      });
      return capture;
    },
    /** All that lies in the stream, each shard in its order. */
    records: (): StreamedChange[] =>
      kinesis.shards(stream).flatMap(({ shardId }) =>
        kinesis.read(stream, shardId, undefined, everything).records.map((record) => {
          const text = record.data.toString();
          const json = JSON.parse(text);
          const { data, metadata } = json;
          const { partitionKey } = record;
          return { shardId, partitionKey, text, data, metadata, keys: Object.keys(json) };
        }),
      ),
    async close() {
      await capture?.stop();
      client.destroy();
      await endpoint.close();
      await rig.remove();
      await admin.end();
      await server.stop();
      await rm(rig.directory, { recursive: true, force: true });
    },
  };
}

/** Tables of the database itself, columns in their order; what is computed cannot be written. */
async function readColumns(admin: pg.Client): Promise<readonly ColumnInfo[]> {
  const { rows } = await admin.query(
    `select table_schema::text, table_name::text, column_name::text, data_type::text,
       character_maximum_length::int, numeric_precision::int, numeric_scale::int,
       is_nullable::text
     from information_schema.columns join information_schema.tables
       using (table_catalog, table_schema, table_name)
     where table_schema !~ '^(pg_|information_schema$)' and table_type = 'BASE TABLE'
       and is_generated = 'NEVER'
     order by table_schema, table_name, ordinal_position`,
  );
  return columnRows.parse(rows);
}
