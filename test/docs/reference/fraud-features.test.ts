import path from 'node:path';
import { expect, test } from 'vitest';
import { shopFraud } from '../../../shared/fraud/features.ts';
import {
  distinctMax,
  keptTable,
  kindsOf,
  tableOf,
  windowMeaning,
  windowTable,
} from './feature-page.ts';

// `npx vitest run test/docs/reference/fraud-features.test.ts -u` writes the page anew.
const page = path.join(import.meta.dirname, '../../../docs/reference/fraud-features.md');

test('the page of the features is what is declared', async () => {
  await expect(pageText()).toMatchFileSnapshot(page);
});

function pageText(): string {
  const own = shopFraud.features.filter((feature) => !('entity' in feature));
  return `${[
    ...introduction,
    '## Windows',
    '',
    ...windowTable(shopFraud),
    ...semantics,
    '## Of the point itself, and features beside each other',
    '',
    ...tableOf(own),
    ...kindsOf(shopFraud).flatMap((kind) => [
      `## Of the ${kind}`,
      '',
      ...tableOf(shopFraud.features.filter((each) => 'entity' in each && each.entity === kind)),
    ]),
    ...adding,
    '## What is kept',
    '',
    ...keptTable(shopFraud),
  ].join('\n')}\n`;
}

const introduction = [
  '# Fraud features',
  '',
  `What is known of an order when it is placed and at each attempt to pay it: ${shopFraud.features.length} numbers, each declared once in \`shared/fraud/features/\`. The declaration is all there is: the engine computes a feature at the event from the state of its entities, the checkout reads the same states, and \`shopFraud.sql()\` gives one statement of Athena’s SQL with the same features of every point of the lake. A test holds both against each other: every feature of every point, over histories that are made anew with each run. This page is made from the declarations.`,
  '',
  'A **point** is an order or a payment. A feature is a number, or unknown (`null`): where the point does not name the entity, where a mean has nothing to average, where a field is not told. Models take unknown as such; it is not 0.',
  '',
];

const semantics = [
  `- ${windowMeaning} Where length and step are equal it tumbles: what has come so far in these five minutes.`,
  '- Time is event time. Nothing after the point counts. At one instant things happen in the order clicks, reviews, orders, items, adjustments, payments; of one kind by id, shorter ids first.',
  '- The point’s own event is counted (“orders of the customer in 1 minute” is 1 at the first), except in features marked “before”: what became of the payment is not known when the shop decides about it, so declined and paid ones count only once they are earlier ones.',
  '- Items follow their order in the stream, so what is in the order is known at its payment, not when it is placed. Fields that only payments have are unknown at orders.',
  `- Different values are told apart up to ${distinctMax}; more are ${distinctMax}.`,
  '- An entity is forgotten after 90 days of silence: “since the first” begins anew then.',
  '- Money is in cents. Deviations (z-scores) take money in whole units, which keeps the sums exact.',
  '- Online, an event that comes late is counted in its bucket as long as a window reaches it; points that were decided before stay as they were. Offline it is in its place.',
  '',
  'From several shards, events of one entity can arrive in another order than they happened. Then, and only then, a feature at the event and in SQL may differ.',
  '',
];

const adding = [
  '## Add one',
  '',
  'A line in the file of its entity under `shared/fraud/features/`, with a name, a meaning, the source and the window. A field that no feature has looked at yet stands in `shared/fraud/events.ts` (how an event tells it) and in `shared/fraud/sources.ts` (how the lake does). Then',
  '',
  '```sh',
  'npx vitest run test/docs/reference/fraud-features.test.ts -u   # this page',
  'npx vitest run test/shared/fraud                               # the event and SQL agree',
  '```',
  '',
  `A state that was kept for other features is not read, so the entities of that kind would begin anew: raise the generation in \`shared/fraud/fraud-job.ts\` and let it learn the past, \`npm run replay -- --job fraud --from lake --wait --swap\`.`,
  '',
];
