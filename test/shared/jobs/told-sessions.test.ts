import { expect, it } from 'vitest';
import type { PlayedCloud } from '../../fixtures/played-cloud.ts';
import {
  centsTogether,
  Faults,
  instanceOf,
  playCloudForEach,
  sale,
  tick,
  traces,
} from './job-rig.ts';

let cloud: PlayedCloud;
playCloudForEach(new Faults(), (played) => {
  cloud = played;
});

it('shows what a commit has told of a session, as what a tick has', async () => {
  const job = centsTogether();
  let shown = 0;
  const { take } = instanceOf(job, cloud, async () => {
    shown += 1;
  });
  await take(sale('a', 0, 10), tick(1_200));
  expect(shown).toBe(1);
  await take(sale('late', 50, 1));
  expect(traces(job, cloud).published()).toMatchObject([
    { revision: 1, data: { cents: 10 } },
    { revision: 2, data: { cents: 11 } },
  ]);
  expect(shown).toBe(2);
});
