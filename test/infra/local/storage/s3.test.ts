import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
  paginateListObjectsV2,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { objectContent } from './object-content.ts';
import {
  bucketResource,
  type TestStorage,
  temporaryFolder,
  testStorage,
} from './played-storage.ts';

const Bucket = 'dev-lake-000000000000';

describe('S3', () => {
  let test: TestStorage;
  beforeAll(async () => {
    test = await testStorage();
  });
  afterAll(() => test.close());

  const put = (Key: string, Body: string | Buffer, more: object = {}) =>
    test.s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
  const get = async (Key: string, Range?: string) => {
    const { Body } = await test.s3.send(new GetObjectCommand({ Bucket, Key, Range }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };

  it('has the buckets of the template', async () => {
    const { Buckets } = await test.s3.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toEqual([Bucket]);
  });

  it('keeps content, type and metadata, in a file that others may read', async () => {
    const bytes = randomBytes(70_000);
    const Key = 'bronze/orders/month=2026-11/part 1+ä=&.parquet';
    await put(Key, bytes, { ContentType: 'application/x-parquet', Metadata: { rows: '12' } });
    expect(await get(Key)).toEqual(bytes);
    expect(await get(Key, 'bytes=-8')).toEqual(bytes.subarray(-8));
    expect(await test.s3.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({
      ContentLength: 70_000,
      ContentType: 'application/x-parquet',
      Metadata: { rows: '12' },
      ETag: `"${createHash('md5').update(bytes).digest('hex')}"`,
    });
    expect(await readFile(test.storage.objectFile(Bucket, Key))).toEqual(bytes);
    expect(test.storage.objectFile(Bucket, Key)).toBe(
      join(test.storage.bucketFolder(Bucket), `${Key}.data`),
    );
  });

  it('names the same file as fauxqs where characters are encoded', async () => {
    for (const Key of ['odd/a:b?c*d"e<f>g|h%i\\j', 'tab\there', 'folder/', `${'k'.repeat(235)}`]) {
      await put(Key, 'x');
      expect(existsSync(test.storage.objectFile(Bucket, Key))).toBe(true);
      expect((await get(Key)).toString()).toBe('x');
    }
  });

  it('takes a stream of unknown checksum and a body of 15 MiB', async () => {
    const bytes = randomBytes(15 * 1024 * 1024);
    await put('large', bytes);
    expect((await get('large')).equals(bytes)).toBe(true);
    const part = bytes.subarray(0, 3 * 1024 * 1024);
    await test.s3.send(
      new PutObjectCommand({
        Bucket,
        Key: 'streamed',
        Body: Readable.from([part]),
        ContentLength: part.length,
      }),
    );
    expect((await get('streamed')).equals(part)).toBe(true);
  });

  it('puts together an upload of several parts', async () => {
    const Key = 'athena-results/parts.csv';
    const { UploadId } = await test.s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const contents = [randomBytes(5 * 1024 * 1024), Buffer.from('end')];
    const Parts = await Promise.all(
      contents.map(async (Body, at) => {
        const part = { Bucket, Key, UploadId, PartNumber: at + 1, Body };
        const { ETag } = await test.s3.send(new UploadPartCommand(part));
        return { ETag, PartNumber: at + 1 };
      }),
    );
    const whole = { Bucket, Key, UploadId, MultipartUpload: { Parts } };
    await test.s3.send(new CompleteMultipartUploadCommand(whole));
    expect((await get(Key)).equals(Buffer.concat(contents))).toBe(true);
  });

  it('lists by prefix, delimiter and page', async () => {
    for (const Key of ['list/a/1', 'list/a/2', 'list/b', 'list/c']) await put(Key, Key);
    const list = (more: object) =>
      test.s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'list/', ...more }));
    const grouped = await list({ Delimiter: '/' });
    expect(grouped.Contents?.map(({ Key }) => Key)).toEqual(['list/b', 'list/c']);
    expect(grouped.CommonPrefixes).toEqual([{ Prefix: 'list/a/' }]);
    const first = await list({ MaxKeys: 3 });
    const second = await list({ ContinuationToken: first.NextContinuationToken });
    expect([...(first.Contents ?? []), ...(second.Contents ?? [])].map(({ Key }) => Key)).toEqual([
      'list/a/1',
      'list/a/2',
      'list/b',
      'list/c',
    ]);
  });

  it('copies and deletes, one or many', async () => {
    await put('copy/from', 'content');
    await test.s3.send(
      new CopyObjectCommand({ Bucket, Key: 'copy/to', CopySource: `${Bucket}/copy/from` }),
    );
    expect((await get('copy/to')).toString()).toBe('content');
    await test.s3.send(new DeleteObjectCommand({ Bucket, Key: 'copy/from' }));
    await expect(get('copy/from')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await put('copy/a&b', 'x');
    const Objects = [{ Key: 'copy/to' }, { Key: 'copy/a&b' }];
    await test.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    await expect(get('copy/to')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(get('copy/a&b')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('lets one of many win that write only what is not there', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, at) => put('once', `writer ${at}`, { IfNoneMatch: '*' })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(put('once', 'late', { IfNoneMatch: '*' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    const { ETag } = await test.s3.send(new HeadObjectCommand({ Bucket, Key: 'once' }));
    await put('once', 'second', { IfMatch: ETag });
    await expect(put('once', 'third', { IfMatch: ETag })).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    await expect(put('never', 'x', { IfMatch: ETag })).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect((await get('once')).toString()).toBe('second');
  });

  it.each(['../outside', 'a/../../outside', 'a//b', './a', `${'k'.repeat(236)}`])(
    'refuses key %s, which names no file of its own',
    async (Key) => {
      const path = `/${Bucket}/${encodeURIComponent(Key)}`;
      const call = {
        service: 's3',
        operation: undefined,
        method: 'PUT',
        path,
        headers: {},
        body: Buffer.from('x'),
        principal: { accessKeyId: 'local', roleName: undefined },
      };
      await expect(test.storage.s3.handle(call)).rejects.toThrow(/Cannot keep object: its key/);
      const Delete = { Objects: [{ Key }] };
      const deletion = test.s3.send(new DeleteObjectsCommand({ Bucket, Delete }));
      await expect(deletion).rejects.toMatchObject({ name: 'InvalidArgument' });
    },
  );

  it('refuses what it would misunderstand, and a bucket that is not there', async () => {
    await put('tagged', 'content');
    const Tagging = { TagSet: [{ Key: 'a', Value: 'b' }] };
    await expect(
      test.s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'tagged', Tagging })),
    ).rejects.toMatchObject({ name: 'NotImplemented' });
    expect((await get('tagged')).toString()).toBe('content');
    await expect(
      test.s3.send(new PutObjectCommand({ Bucket: 'absent', Key: 'a', Body: 'b' })),
    ).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  it('takes objects from inside the process, as bytes and as a file', async () => {
    await test.storage.putObject(Bucket, 'inside/bytes', Buffer.from('bytes'));
    expect((await get('inside/bytes')).toString()).toBe('bytes');
    const file = test.storage.objectFile(Bucket, 'inside/bytes');
    await test.storage.putObject(Bucket, 'inside/file', { file });
    expect((await get('inside/file')).toString()).toBe('bytes');
    await expect(test.storage.putObject(Bucket, '../outside', Buffer.from('x'))).rejects.toThrow(
      /Cannot keep object/,
    );
  });
});

describe('S3 after a restart', () => {
  it('has all objects, and none of what a crash left half done', async () => {
    const directory = await temporaryFolder();
    const buckets = [bucketResource(Bucket)];
    const before = await testStorage({ directory, buckets });
    const file = (key: string) => before.storage.objectFile(Bucket, key);
    for (const Key of ['kept', 'replaced', 'deleted', 'renamed']) {
      await before.s3.send(new PutObjectCommand({ Bucket, Key, Body: `first ${Key}` }));
    }
    const description = (key: string) => file(key).replace(/\.data$/, '.meta.json');
    const described = await readFile(description('renamed'), 'utf8');
    await before.close();

    // Cut short before anything was renamed, between both renames, within a deletion, at the start.
    await writeFile(`${file('replaced')}.next`, 'second replaced');
    await writeFile(`${description('replaced')}.next`, described.slice(0, 20));
    await writeFile(file('renamed'), 'second renamed');
    await writeFile(
      `${description('renamed')}.next`,
      JSON.stringify({ ...JSON.parse(withoutChecksum(described)), contentLength: 14 }),
    );
    await rm(file('deleted'));
    await writeFile(file('orphan'), 'never acknowledged');
    await writeFile(`${file('begun')}.next`, 'beg');

    const after = await testStorage({ directory, buckets });
    const { Contents } = await after.s3.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents?.map(({ Key, Size }) => [Key, Size])).toEqual([
      ['kept', 10],
      ['renamed', 14],
      ['replaced', 14],
    ]);
    const read = async (Key: string) =>
      (await after.s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
    expect(await read('kept')).toBe('first kept');
    expect(await read('replaced')).toBe('first replaced');
    expect(await read('renamed')).toBe('second renamed');
    expect((await readdir(after.storage.bucketFolder(Bucket))).sort()).toEqual([
      'kept.data',
      'kept.meta.json',
      'renamed.data',
      'renamed.meta.json',
      'replaced.data',
      'replaced.meta.json',
    ]);
    await after.close();
    await rm(directory, { recursive: true });
  });

  it('kill -9 loses no acknowledged object and leaves none in part', async () => {
    const directory = await temporaryFolder();
    const buckets = [bucketResource(Bucket)];
    const acknowledged = await killPutter(directory, 300);
    const after = await testStorage({ directory, buckets });
    const sizes = new Map<string, number>();
    for await (const page of paginateListObjectsV2({ client: after.s3 }, { Bucket })) {
      for (const { Key = '', Size = 0 } of page.Contents ?? []) sizes.set(Key, Size);
    }
    for (const [key, generation] of acknowledged)
      expect(sizes.has(key), `${key} ${generation}`).toBe(true);
    for (const [Key, size] of sizes) {
      const { Body } = await after.s3.send(new GetObjectCommand({ Bucket, Key }));
      const text = (await Body?.transformToString()) ?? '';
      const generation = Number(text.slice(0, text.indexOf(' ')));
      expect(text).toBe(objectContent(generation));
      expect(text).toHaveLength(size);
      expect(generation).toBeGreaterThanOrEqual(acknowledged.get(Key) ?? 0);
    }
    await after.close();
    await rm(directory, { recursive: true });
  });

  it('is refused a bucket whose notifications would be missed', async () => {
    const directory = await temporaryFolder();
    const bucket = bucketResource(Bucket, {
      NotificationConfiguration: { LambdaConfigurations: [] },
    });
    await expect(testStorage({ directory, buckets: [bucket] })).rejects.toThrow(
      /Cannot play bucket dev-lake-000000000000: the local S3 sends no notifications/,
    );
    await rm(directory, { recursive: true });
  });
});

/** The client checks what it reads against it; the test's second content has another one. */
function withoutChecksum(description: string): string {
  return description.replace(/"checksum\w+":"[^"]*",?/g, '').replace(/,}$/, '}');
}

/** The last acknowledged generation of each object, when the writer was killed. */
async function killPutter(
  directory: string,
  acknowledgements: number,
): Promise<Map<string, number>> {
  const program = join(import.meta.dirname, 'crash-putter.ts');
  const child = spawn(process.execPath, [program, directory, Bucket], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const acknowledged = new Map<string, number>();
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [key = '', generation] = line.split(' ');
    acknowledged.set(key, Number(generation));
    count += 1;
    if (count === acknowledgements) child.kill('SIGKILL');
  }
  expect((await exited)[1]).toBe('SIGKILL');
  return acknowledged;
}
