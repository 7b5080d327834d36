import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkPublishedSchemas } from '../../../cli/validate/published-schemas.ts';
import { clickEvent } from '../../../shared/events/click.ts';
import {
  type EventSchema,
  eventSchemas,
  publishedSchema,
} from '../../../shared/events/event-schemas.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const published = path.join(root, 'shared/events/schemas');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'schemas-'));
});
afterEach(async () => await rm(folder, { recursive: true }));

test('every schema is published as it is, and no file belongs to none', async () => {
  expect(await checkPublishedSchemas({ write: false })).toEqual({ faults: [], written: [] });
});

test('the page of events names every schema that is published', async () => {
  const page = await readFile(path.join(root, 'docs/reference/events.md'), 'utf8');
  for (const { name, version, title, place } of eventSchemas) {
    const file = `${name}.v${version}.json`;
    expect(page).toContain(
      `| [${file}](../../shared/events/schemas/${file}) | ${title} | ${place} |`,
    );
  }
});

test('publishedSchema() says what a click of each type must have, as the intake does', () => {
  const of = eventSchemas.find(({ name }) => name === 'click-event');
  const schema = z.fromJSONSchema(publishedSchema(of!));
  const click = {
    schemaVersion: 1,
    eventId: 'a',
    occurredAt: '2026-03-01T12:00:00+01:00',
    sessionId: 's',
    consent: 'none',
  };
  for (const type of ['view', 'browse', 'page', 'cart']) {
    for (const subject of [{ productId: 1 }, { category: 'Garden' }, { page: '/' }, {}]) {
      const event = { ...click, type, ...subject };
      expect([event, schema.safeParse(event).success]).toEqual([
        event,
        clickEvent.safeParse(event).success,
      ]);
    }
  }
});

describe('checkPublishedSchemas()', () => {
  const first = z.object({ id: z.string(), cents: z.int() });
  const event = (version: number, schema: z.ZodType): readonly EventSchema[] => [
    { name: 'sale', version, title: 'A sale', place: 'a stream', schema },
  ];
  const publish = (version: number, schema: z.ZodType, write = true) =>
    checkPublishedSchemas({ write, schemas: event(version, schema), folder });

  test('writes a new schema, and one that gained a field that need not be there', async () => {
    expect((await publish(1, first, false)).faults).toEqual([
      'sale.v1.json: is not there: write it with npm run validate -- --schemas --write',
    ]);
    expect((await publish(1, first)).written).toEqual(['sale.v1.json']);
    const more = first.extend({ channel: z.string().optional() });
    expect((await publish(1, more, false)).faults).toEqual([
      'sale.v1.json: has other fields than its schema: write it with npm run validate -- --schemas --write',
    ]);
    expect((await publish(1, more)).written).toEqual(['sale.v1.json']);
    expect(await publish(1, more, false)).toEqual({ faults: [], written: [] });
  });

  test('does not write over a version what breaks it, and takes it as the next', async () => {
    await publish(1, first);
    const narrower = first.extend({ cents: z.int().nullable() });
    expect((await publish(1, narrower)).faults).toEqual([
      'sale.v1.json: $.cents: it says other things: raise the version to 2, or leave it as it was',
    ]);
    expect(await publish(2, narrower)).toEqual({ faults: [], written: ['sale.v2.json'] });
    expect(await readdir(folder)).toEqual(['sale.v1.json', 'sale.v2.json']);
  });

  test('refuses a version that cannot read what the one before wrote', async () => {
    await publish(1, first);
    expect((await publish(2, first.extend({ currency: z.string() }))).faults).toEqual([
      'sale.v2.json: what version 1 wrote cannot be read: $.currency: it must be there now',
    ]);
    await rm(path.join(folder, 'sale.v1.json'));
    expect((await publish(2, first)).faults).toEqual([
      'sale.v2.json: version 1 is not published: its file is gone',
    ]);
  });

  test('finds a file that was changed by hand, and one of no event', async () => {
    await cp(published, folder, { recursive: true });
    await writeFile(path.join(folder, 'rumour.v1.json'), '{}');
    const file = path.join(folder, 'revenue.v1.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"grossCents"', '"grossEuros"'));
    const { faults } = await checkPublishedSchemas({ write: true, folder });
    expect(faults).toEqual([
      expect.stringContaining('revenue.v1.json: $'),
      'rumour.v1.json: no event has this schema',
    ]);
  });
});
