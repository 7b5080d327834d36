import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import {
  type Capture,
  type CaptureOptions,
  startCapture,
} from '../../../../infra/local/capture/capture.ts';
import type { DatabaseConnection } from '../../../../infra/local/database/connection.ts';
import { startDatabase } from '../../../../infra/local/database/database.ts';
import { receiverClient, type StreamReceiver, startReceiver } from './stream-receiver.ts';

/** A real PostgreSQL with a small schema, a receiver, and captures between them. */
export interface CaptureRig {
  readonly owner: DatabaseConnection;
  readonly user: DatabaseConnection;
  readonly client: pg.Client;
  readonly receiver: StreamReceiver;
  readonly stateFile: string;
  readonly lines: string[];
  sql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  options(changes?: Partial<CaptureOptions>): CaptureOptions;
  capture(changes?: Partial<CaptureOptions>): Promise<Capture>;
  /** Stops the captures, drops slots and publications, and forgets all that was received. */
  reset(): Promise<void>;
  restartDatabase(): Promise<void>;
  close(): Promise<void>;
}

const schema = `
create table items (
  id bigint primary key,
  owner_id bigint not null,
  name varchar(200),
  note varchar(100000),
  price numeric(12, 2),
  big bigint,
  small smallint,
  ratio double precision,
  active boolean,
  photo bytea,
  born date,
  seen timestamp,
  changed timestamptz,
  secret varchar(50),
  row_version bigint not null default 1
);
create table orders (id bigint primary key, customer_id bigint not null, total numeric(12, 2));
create table clock (slice int primary key, partition_key varchar(20) not null, ticked_at timestamptz);
create table hidden (id bigint primary key, value varchar(50));
insert into clock select i, 'slice-' || i, '2026-01-01Z' from generate_series(0, 1) as i;
grant select (id, owner_id, name, note, price, big, small, ratio, active, photo, born, seen, changed,
  row_version) on items to shop_capture;
grant select on orders, clock to shop_capture;`;

const partitionColumns = { items: 'owner_id', orders: 'customer_id', clock: 'partition_key' };

/** Mappings as the template has them; the column `secret` stays behind. */
export function tableMappings(tables: readonly (keyof typeof partitionColumns)[]) {
  const locator = (table: string) => ({ 'schema-name': 'public', 'table-name': table });
  const rules = tables.flatMap((table) => [
    { 'rule-type': 'selection', 'rule-action': 'include', 'object-locator': locator(table) },
    {
      'rule-type': 'object-mapping',
      'rule-action': 'map-record-to-record',
      'object-locator': locator(table),
      'mapping-parameters': {
        'partition-key-type': 'attribute-name',
        'partition-key-name': partitionColumns[table],
      },
    },
  ]);
  const removal = {
    'rule-type': 'transformation',
    'rule-target': 'column',
    'rule-action': 'remove-column',
    'object-locator': { ...locator('items'), 'column-name': 'secret' },
  };
  const all = tables.includes('items') ? [...rules, removal] : rules;
  return {
    rules: all.map((rule, index) => ({ ...rule, 'rule-id': `${index}`, 'rule-name': `r${index}` })),
  };
}

export const allTables = ['items', 'orders', 'clock'] as const;

/** Properties of the DMS resources, as CloudFormation has them. */
export const dmsResources = {
  replication: {
    ReplicationType: 'full-load-and-cdc',
    TableMappings: tableMappings(allTables),
    ReplicationSettings: {
      BeforeImageSettings: { EnableBeforeImage: true, FieldName: 'before-image' },
    },
  },
  source: { EngineName: 'aurora-postgresql', PostgreSqlSettings: { MapBooleanAsBoolean: true } },
  target: {
    EngineName: 'kinesis',
    KinesisSettings: {
      MessageFormat: 'json-unformatted',
      IncludeTransactionDetails: true,
      IncludePartitionValue: true,
      PartitionIncludeSchemaTable: true,
      IncludeNullAndEmpty: true,
      NoHexPrefix: true,
    },
    ExtraConnectionAttributes: 'UseLargeIntegerValue=true',
  },
};

export async function startRig(): Promise<CaptureRig> {
  const folder = await mkdtemp(path.join(tmpdir(), 'capture-'));
  await chmod(folder, 0o755);
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const passwords = { admin: 'admin', app: 'app', capture: 'capture' };
  const directory = path.join(folder, 'database');
  let database = await startDatabase({ directory, port: 0, passwords, log });
  const owner = database.connection;
  const user = { ...owner, user: 'shop_capture', password: passwords.capture };
  const receiver = await startReceiver();
  let client = await connect(owner);
  await client.query(schema);
  let captures: Capture[] = [];

  const rig: CaptureRig = {
    owner,
    user,
    receiver,
    lines,
    stateFile: path.join(folder, 'capture.json'),
    get client() {
      return client;
    },
    async sql(text, values) {
      return (await client.query(text, values)).rows;
    },
    options: (changes = {}) => ({
      ...dmsResources,
      connection: user,
      owner,
      kinesis: receiverClient(receiver.port),
      streamName: 'changes',
      flushed: async () => {},
      stateFile: rig.stateFile,
      log,
      ...changes,
    }),
    async capture(changes) {
      const capture = await startCapture(rig.options(changes));
      captures.push(capture);
      return capture;
    },
    async reset() {
      receiver.refuse = () => [];
      receiver.hold = () => undefined;
      await Promise.all(captures.map((capture) => capture.stop()));
      captures = [];
      await rm(rig.stateFile, { force: true });
      await dropSlots(client);
      await client.query('drop publication if exists shop_capture');
      await client.query('truncate items, orders, hidden');
      receiver.clear();
      lines.length = 0;
    },
    async restartDatabase() {
      await client.end();
      await database.stop();
      database = await startDatabase({ directory, port: owner.port, passwords, log });
      client = await connect(owner);
    },
    async close() {
      await rig.reset();
      await client.end();
      await database.stop();
      await receiver.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return rig;
}

async function connect(connection: DatabaseConnection): Promise<pg.Client> {
  const client = new pg.Client(connection);
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function dropSlots(client: pg.Client): Promise<void> {
  await client.query(
    'select pg_terminate_backend(active_pid) from pg_replication_slots where active',
  );
  for (;;) {
    const { rows } = await client.query(
      'select slot_name, active from pg_replication_slots where not temporary',
    );
    if (rows.length === 0) return;
    for (const { slot_name, active } of rows) {
      if (!active) await client.query('select pg_drop_replication_slot($1)', [slot_name]);
    }
  }
}
