import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { DatabaseConnection } from '../database/connection.ts';
import { formatLsn } from './lsn.ts';
import { asPrinted } from './session-settings.ts';

/** What a started stream tells; both are called in the order of the log, and must not wait. */
export interface ReplicationListener {
  message(message: Buffer): void;
  /** The server has sent everything up to this position. */
  keepalive(position: bigint): void;
}

export interface ReplicationStart {
  readonly slot: string;
  readonly publication: string;
  /** Transactions that committed before are not sent; below the slot's own position, that counts. */
  readonly startLsn: bigint;
}

export interface ReplicationConnection {
  /** A replication command, such as IDENTIFY_SYSTEM. Values are text. */
  query(command: string): Promise<readonly Record<string, string | null>[]>;
  /** Resolves when the stream has started; from then on no command can be sent. */
  start(options: ReplicationStart, listener: ReplicationListener): Promise<void>;
  /** Rejects when a started stream breaks; resolves when it is closed. */
  readonly ended: Promise<void>;
  /** Everything before the position has been dealt with; the server may forget it. */
  acknowledge(position: bigint): void;
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}

const STATUS_EVERY_MS = 2_000; // well below wal_sender_timeout (60 s), also while paused
const CLOSE_MS_MAX = 1_000;
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);

/**
 * A connection to a walsender (https://www.postgresql.org/docs/current/protocol-replication.html).
 * The client of `pg` logs in and parses the frames; the messages in them are ours.
 */
export async function connectReplication(
  connection: DatabaseConnection,
): Promise<ReplicationConnection> {
  const config = { ...asPrinted(connection, 'capture'), replication: 'database' };
  const client = new pg.Client(config);
  const wire = wireOf(client);
  const { promise: ended, resolve: end, reject: fail } = Promise.withResolvers<void>();
  ended.catch(() => {}); // whoever waits for it sees it; before a start nobody does
  client.on('error', fail);
  await client.connect();
  let acknowledged = 0n;
  let heartbeat: NodeJS.Timeout | undefined;
  // Behind a message that was not dealt with nothing may be, or its place would be acknowledged.
  let deaf = false;

  const sendStatus = () => {
    if (wire.stream.writable) wire.stream.write(statusUpdate(acknowledged, Date.now()));
  };

  return {
    ended,
    async query(command) {
      return (await client.query<Record<string, string | null>>(command)).rows;
    },
    async start({ slot, publication, startLsn }, listener) {
      const started = new Promise<void>((resolve) => wire.once('replicationStart', resolve));
      wire.on('copyData', ({ chunk }: { chunk: Buffer }) => {
        if (deaf) return;
        try {
          if (chunk[0] === 0x77) listener.message(chunk.subarray(25)); // w: log data
          if (chunk[0] === 0x6b) {
            listener.keepalive(chunk.readBigUInt64BE(1)); // k
            if (chunk[17] === 1) sendStatus(); // without an answer the server hangs up
          }
        } catch (error) {
          deaf = true;
          fail(error);
          wire.stream.destroy();
        }
      });
      const options = `proto_version '1', messages 'true', publication_names ${client.escapeLiteral(publication)}`;
      const command = `START_REPLICATION SLOT ${pg.escapeIdentifier(slot)} LOGICAL ${formatLsn(startLsn)} (${options})`;
      const streaming = client.query(command).then(() => {
        throw new Error('Cannot follow the log: the server ended the stream: received end of copy');
      });
      streaming.catch(fail);
      await Promise.race([started, streaming]);
      heartbeat = setInterval(sendStatus, STATUS_EVERY_MS);
    },
    acknowledge(position) {
      if (position <= acknowledged) return;
      acknowledged = position;
      sendStatus();
    },
    pause: () => void wire.stream.pause(),
    resume: () => void wire.stream.resume(),
    async close() {
      deaf = true;
      clearInterval(heartbeat);
      end();
      const closed = new Promise<void>((resolve) => wire.stream.once('close', resolve));
      if (!wire.stream.destroyed) {
        wire.stream.resume(); // a paused socket never sees the end
        wire.end();
        await Promise.race([closed, sleep(CLOSE_MS_MAX, undefined, { ref: false })]);
        wire.stream.destroy();
      }
    },
  };
}

/** The protocol connection under a client: there, though its types do not tell. */
function wireOf(client: pg.Client): pg.Connection {
  if ('connection' in client && client.connection instanceof pg.Connection)
    return client.connection;
  throw new Error(
    'Cannot replicate: this version of pg hides its connection: received no Connection',
  );
}

/** Standby status update: written, flushed and applied are one to us. */
function statusUpdate(position: bigint, nowMs: number): Buffer {
  const length = 4 + 1 + 8 * 4 + 1;
  const frame = Buffer.alloc(1 + length);
  frame.write('d', 0, 'latin1');
  frame.writeInt32BE(length, 1);
  frame.write('r', 5, 'latin1');
  for (const offset of [6, 14, 22]) frame.writeBigUInt64BE(position, offset);
  frame.writeBigInt64BE(BigInt(nowMs - POSTGRES_EPOCH_MS) * 1_000n, 30);
  return frame; // its last byte 0: no answer wanted
}
