import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { FileS3Persistence } from '../../../node_modules/fauxqs/dist/s3/fileS3Persistence.js';
import type { S3Object } from '../../../node_modules/fauxqs/dist/s3/s3Types.js';
import { objectPath } from './object-path.ts';

const contentEnding = '.data';
const descriptionEnding = '.meta.json';
const pendingEnding = '.next';

/**
 * fauxqs' files, written so that a crash leaves an object as it was before or as it is after, and so
 * that whoever reads the files (DuckDB does) never sees half of one. Both files of an object are
 * written aside, then renamed, the content first; {@link recover} ends what a crash interrupted.
 */
export class ObjectFiles extends FileS3Persistence {
  readonly #directory: string;

  constructor(directory: string) {
    super(directory);
    this.#directory = directory;
    recover(directory);
  }

  bucketFolder(bucket: string): string {
    return join(this.#directory, 'buckets', bucket, 'objects');
  }

  objectFile(bucket: string, key: string): string {
    return join(this.bucketFolder(bucket), objectPath(key) + contentEnding);
  }

  override upsertObject(bucket: string, object: S3Object): void {
    const content = this.objectFile(bucket, object.key);
    const description = content.slice(0, -contentEnding.length) + descriptionEnding;
    const { body, ...described } = object;
    mkdirSync(dirname(content), { recursive: true });
    writeFileSync(content + pendingEnding, body);
    writeFileSync(description + pendingEnding, JSON.stringify(described));
    renameSync(content + pendingEnding, content);
    renameSync(description + pendingEnding, description);
  }
}

/**
 * A pending description beside a pending content: nothing was renamed, both go. Alone: the content
 * is in place, the description follows. A file without its partner was being written or deleted.
 */
function recover(directory: string): void {
  const buckets = join(directory, 'buckets');
  for (const bucket of readdirSync(buckets)) {
    dropUnlessJson(join(buckets, bucket, '.bucket.json'));
    const objects = join(buckets, bucket, 'objects');
    if (existsSync(objects)) recoverFolder(objects);
  }
  const uploads = join(directory, '_multipart');
  for (const upload of readdirSync(uploads)) {
    if (!isWholeUpload(join(uploads, upload))) rmSync(join(uploads, upload), { recursive: true });
  }
}

function recoverFolder(folder: string): void {
  const files = new Set<string>();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) recoverFolder(join(folder, entry.name));
    else files.add(entry.name);
  }
  const remove = (name: string) => {
    rmSync(join(folder, name));
    files.delete(name);
  };
  for (const name of [...files]) {
    const pendingDescription = descriptionEnding + pendingEnding;
    if (!name.endsWith(pendingDescription)) continue;
    const object = name.slice(0, -pendingDescription.length);
    if (files.has(object + contentEnding + pendingEnding)) {
      remove(name);
    } else {
      renameSync(join(folder, name), join(folder, object + descriptionEnding));
      files.delete(name);
      files.add(object + descriptionEnding);
    }
  }
  for (const name of [...files]) {
    const partner = partnerOf(name);
    if (name.endsWith(contentEnding + pendingEnding)) remove(name);
    else if (partner !== undefined && !files.has(partner)) remove(name);
  }
}

function partnerOf(name: string): string | undefined {
  if (name.endsWith(contentEnding)) return name.slice(0, -contentEnding.length) + descriptionEnding;
  if (!name.endsWith(descriptionEnding)) return undefined;
  return name.slice(0, -descriptionEnding.length) + contentEnding;
}

function isWholeUpload(folder: string): boolean {
  const parts = join(folder, 'parts');
  if (!existsSync(parts)) return false;
  const descriptions = readdirSync(parts).filter((name) => name.endsWith(descriptionEnding));
  return [join(folder, '.upload.json'), ...descriptions.map((name) => join(parts, name))].every(
    (file) => existsSync(file) && isJson(file),
  );
}

/** A bucket's own file is written once, before the bucket holds anything. */
function dropUnlessJson(file: string): void {
  if (existsSync(file) && !isJson(file)) rmSync(file);
}

function isJson(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, 'utf8'));
    return true;
  } catch {
    return false;
  }
}
