import { createStorage } from '../../../../infra/local/storage.ts';
import { objectContent } from './object-content.ts';
import { bucketResource } from './played-storage.ts';

/** Writes objects over and over and prints each one's key and generation once it is stored. */
const [directory = '', bucket = ''] = process.argv.slice(2);
const storage = await createStorage({
  directory,
  buckets: [bucketResource(bucket)],
  queues: [],
  publicUrl: 'http://127.0.0.1',
});
for (let generation = 1; ; generation++) {
  const key = `folder-${generation % 3}/object-${generation % 17}`;
  await storage.putObject(bucket, key, Buffer.from(objectContent(generation)));
  process.stdout.write(`${key} ${generation}\n`);
  await new Promise((resolve) => setImmediate(resolve));
}
