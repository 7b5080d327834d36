import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PersistenceManager } from '../../../node_modules/fauxqs/dist/persistence.js';
import type { S3Store } from '../../../node_modules/fauxqs/dist/s3/s3Store.js';
import type { SqsStore } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js';
import { localRegion } from '../service.ts';
import { ObjectFiles } from './object-files.ts';

/** More than the gateway lets through; fauxqs itself would stop at 11 MiB. */
const bodyBytesMax = 64 * 1024 * 1024;

export const fauxqsMethods = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'] as const;
export type FauxqsMethod = (typeof fauxqsMethods)[number];

export interface FauxqsRequest {
  readonly method: FauxqsMethod;
  /** Path and query, path style. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface FauxqsReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Fauxqs {
  readonly s3: S3Store;
  readonly sqs: SqsStore;
  readonly files: ObjectFiles;
  request(request: FauxqsRequest): Promise<FauxqsReply>;
  close(): Promise<void>;
}

/**
 * fauxqs without a socket: its router is called in process. Its published start function listens on
 * every address and keeps the stores to itself, hence the way in through the package's own files;
 * the version is pinned.
 */
export async function openFauxqs(directory: string): Promise<Fauxqs> {
  const { buildApp, S3Store, SnsStore, SqsStore, PersistenceManager } = await quietly(load);
  const sqsDirectory = join(directory, 'sqs');
  mkdirSync(sqsDirectory, { recursive: true });
  const persistence: PersistenceManager = new PersistenceManager(sqsDirectory);
  const files = new ObjectFiles(join(directory, 's3'));
  const stores = { s3Store: new S3Store(), sqsStore: new SqsStore(), snsStore: new SnsStore() };
  persistence.loadSqsAndSns(stores.sqsStore, stores.snsStore);
  files.loadS3(stores.s3Store);
  stores.s3Store.persistence = files;
  stores.sqsStore.persistence = persistence;
  for (const queue of stores.sqsStore.allQueues()) queue.persistence = persistence;

  const app = buildApp({ logger: false, defaultRegion: localRegion, stores });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-amz-json-1.0',
    { parseAs: 'string', bodyLimit: bodyBytesMax },
    (_request, body, done) => {
      try {
        done(null, JSON.parse(body.toString()));
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    },
  );
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: bodyBytesMax },
    (_request, body, done) => done(null, body),
  );
  await app.ready();

  return {
    s3: stores.s3Store,
    sqs: stores.sqsStore,
    files,
    async request({ method, url, headers, body }) {
      const reply = await app.inject({
        method,
        url,
        headers: forwarded(headers),
        ...(body.length > 0 && { payload: body }),
      });
      const replyHeaders = Object.entries(reply.headers).map(([name, value]) => [
        name,
        String(value),
      ]);
      return {
        status: reply.statusCode,
        headers: Object.fromEntries(replyHeaders),
        body: reply.rawPayload,
      };
    },
    async close() {
      await app.close();
      persistence.close();
    },
  };
}

async function load() {
  const [{ buildApp }, { S3Store }, { SqsStore }, { SnsStore }, { PersistenceManager }] =
    await Promise.all([
      import('fauxqs'),
      import('../../../node_modules/fauxqs/dist/s3/s3Store.js'),
      import('../../../node_modules/fauxqs/dist/sqs/sqsStore.js'),
      import('../../../node_modules/fauxqs/dist/sns/snsStore.js'),
      import('../../../node_modules/fauxqs/dist/persistence.js'),
    ]);
  return { buildApp, S3Store, SqsStore, SnsStore, PersistenceManager };
}

/** node:sqlite announces at its first import that it is experimental; nobody here can act on it. */
async function quietly<Result>(work: () => Promise<Result>): Promise<Result> {
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (rest[0] === 'ExperimentalWarning' && String(warning).includes('SQLite')) return;
    Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  try {
    return await work();
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Without what belongs to the connection; the signature says nothing here, the host too much. */
function forwarded(headers: Readonly<Record<string, string>>): Record<string, string> {
  const { host, connection, expect, authorization, ...rest } = headers;
  const { 'transfer-encoding': _, 'content-length': __, ...kept } = rest;
  return { ...kept, host: '127.0.0.1' };
}
