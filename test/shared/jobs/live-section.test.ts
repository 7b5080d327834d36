import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { updateLiveSection, writeLiveSection } from '../../../shared/jobs/live-section.ts';
import { type PlayedCloud, playCloud } from '../../fixtures/played-cloud.ts';

const schema = z.object({ names: z.array(z.string()) });
let cloud: PlayedCloud;
beforeAll(async () => {
  cloud = await playCloud();
});
afterAll(() => cloud.close());

async function shown(section: string) {
  const item = await cloud.store.get({ table: 'results', pk: 'LIVE', sk: section });
  const { data, updatedAt } = item?.attributes ?? {};
  return { data: JSON.parse(String(data)), updatedAt };
}

const add = (section: string, name: string) =>
  updateLiveSection(
    cloud.store,
    section,
    schema,
    (before) => ({ names: [...(before?.names ?? []), name] }),
    7,
  );

describe('updateLiveSection()', () => {
  it('keeps what several writers add at the same time', async () => {
    const names = Array.from({ length: 12 }, (_, index) => String(index));
    await Promise.all(names.map((name) => add('a', name)));
    const { data, updatedAt } = await shown('a');
    expect(data.names.toSorted()).toEqual(names.toSorted());
    expect(updatedAt).toBe(7);
  });

  it('begins anew where the content has another form', async () => {
    await writeLiveSection(cloud.store, 'b', { version: 2 }, 1);
    await add('b', 'first');
    expect((await shown('b')).data).toEqual({ names: ['first'] });
  });
});
