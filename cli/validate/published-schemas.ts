import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { backwardBreaches, sameVersionBreaches } from '../../shared/events/compatibility.ts';
import {
  type EventSchema,
  eventSchemas,
  type JsonSchema,
  publishedSchema,
} from '../../shared/events/event-schemas.ts';

const folderOfSchemas = path.resolve(import.meta.dirname, '../../shared/events/schemas');
const fileName = /^([a-z-]+)\.v([1-9]\d*)\.json$/;
const lineLengthMax = 100;
const jsonSchema = z.record(z.string(), z.unknown());

interface SchemaOptions {
  /** Writes what is new or has gained optional fields; refuses what breaks a rule. */
  readonly write: boolean;
  /** @default ours */
  readonly schemas?: readonly EventSchema[];
  /** @default ours */
  readonly folder?: string;
}

/**
 * Holds the schemas of events against their published files, and each version against the one
 * before.
 *
 * @returns what is wrong, a line each, and the files that were written.
 */
export async function checkPublishedSchemas({
  write,
  schemas = eventSchemas,
  folder = folderOfSchemas,
}: SchemaOptions): Promise<{ readonly faults: string[]; readonly written: string[] }> {
  const published = await readPublished(folder);
  const faults: string[] = [];
  const written: string[] = [];
  for (const schema of schemas) {
    const file = `${schema.name}.v${schema.version}.json`;
    const current = publishedSchema(schema);
    const breaches = breachesOf(schema, current, published);
    faults.push(...breaches.map((breach) => `${file}: ${breach}`));
    if (isDeepStrictEqual(published.get(file), current)) continue;
    if (breaches.length === 0 && write) {
      await writeFile(path.join(folder, file), documentText(current));
      written.push(file);
    } else if (breaches.length === 0) {
      const what = published.has(file) ? 'has other fields than its schema' : 'is not there';
      faults.push(`${file}: ${what}: write it with npm run validate -- --schemas --write`);
    }
  }
  for (const file of published.keys()) {
    const [, name, version] = fileName.exec(file) ?? [];
    const known = schemas.find((schema) => schema.name === name);
    if (known && Number(version) <= known.version) continue;
    faults.push(`${file}: no event has this schema`);
  }
  return { faults, written };
}

function breachesOf(
  { name, version }: EventSchema,
  current: JsonSchema,
  published: ReadonlyMap<string, JsonSchema>,
): string[] {
  const same = published.get(`${name}.v${version}.json`);
  const breaches = same === undefined ? [] : sameVersionBreaches(same, current);
  const hint = `raise the version to ${version + 1}, or leave it as it was`;
  if (breaches.length > 0) return breaches.map((breach) => `${breach}: ${hint}`);
  if (version === 1) return [];
  const before = published.get(`${name}.v${version - 1}.json`);
  if (before === undefined) return [`version ${version - 1} is not published: its file is gone`];
  return backwardBreaches(before, current).map(
    (breach) => `what version ${version - 1} wrote cannot be read: ${breach}`,
  );
}

async function readPublished(folder: string): Promise<ReadonlyMap<string, JsonSchema>> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).toSorted();
  const read = files.map(async (file) => {
    const text = await readFile(path.join(folder, file), 'utf8');
    return [file, jsonSchema.parse(JSON.parse(text))] as const;
  });
  return new Map(await Promise.all(read));
}

/** As the formatter leaves it: lists of plain values on one line where they fit. */
function documentText(schema: JsonSchema): string {
  const text = JSON.stringify(schema, null, 2);
  const lists = /^(.*)\[\n([^[\]{}]*?)\n\s*\](,?)$/gm;
  const joined = text.replace(lists, (list, head: string, items: string, comma: string) => {
    const line = `${head}[${items.trim().replaceAll(/\n\s*/g, ' ')}]${comma}`;
    return line.length > lineLengthMax ? list : line;
  });
  return `${joined}\n`;
}
