import path from 'node:path';
import { expect, test } from 'vitest';
import { customerBehavior, saleFeatures } from '../../../shared/sales/sale-features.ts';
import { saleJob } from '../../../shared/sales/sale-job.ts';
import {
  distinctMax,
  keptTable,
  kindsOf,
  tableOf,
  windowMeaning,
  windowTable,
} from './feature-page.ts';

// `npx vitest run test/docs/reference/sale-features.test.ts -u` writes the page anew.
const page = path.join(import.meta.dirname, '../../../docs/reference/sale-features.md');
const memoryDays = saleJob.stateTtlMs / 86_400_000;

test('the page of the features is what is declared', async () => {
  await expect(pageText()).toMatchFileSnapshot(page);
});

function pageText(): string {
  const own = saleFeatures.features.filter((feature) => !('entity' in feature));
  return `${[
    ...introduction,
    '## Where they are',
    '',
    ...places,
    '## Windows',
    '',
    ...windowTable(saleFeatures),
    ...semantics,
    '## Of the sale itself, and features beside each other',
    '',
    ...tableOf(own),
    ...kindsOf(saleFeatures).flatMap((kind) => [
      `## Of the ${headings[kind] ?? kind}`,
      '',
      ...tableOf(saleFeatures.features.filter((each) => 'entity' in each && each.entity === kind)),
    ]),
    '## The behaviour of a customer',
    '',
    `\`customer_behavior_vector\` is these ${customerBehavior.length} features, in this order: ${customerBehavior.map((name) => `\`${name}\``).join(', ')}.`,
    '',
    'Clicks are joined with orders by a keyed hash of the customer, the same in both. A click without consent to be known carries none, so a customer who does not consent has orders and no views. The database writes the hash into each order and line; lines from before it did so have no customer, and null in these features.',
    '',
    ...adding,
    '## What is kept',
    '',
    ...keptTable(saleFeatures),
    '| sale | | | | 2 KB |',
  ].join('\n')}\n`;
}

const headings: Readonly<Record<string, string>> = {
  season: 'category in this quarter of the year',
  hour: 'category in this hour of the week',
};

const introduction = [
  '# Sale features',
  '',
  `What is known of each line of an order as it is sold: ${saleFeatures.features.length} numbers for models, each declared once in \`shared/sales/features/\`. The job \`${saleJob.name}\` computes them at the event from what it remembers of seller, category, product and customer; \`saleFeatures.sql()\` gives one statement of Athena’s SQL with the same features of every line of the lake. A test holds both against each other: every feature of every sale, over histories that are made anew with each run, the job over several shards with kills and copies. This page is made from the declarations.`,
  '',
  'A feature is a number, or unknown (`null`): where the line does not name the entity, where a mean has nothing to average, where a deviation has fewer than two others. Unknown is not 0.',
  '',
];

const places = [
  '| | |',
  '|---|---|',
  '| at each sale, in the stream | an insight of type `sale-features`, id `sale-features\\|<line>`, revision 1 ([schema](../../shared/events/schemas/sale-features.v1.json)) |',
  '| at each sale, in the lake | view `sale_features`: what was told, a column per feature |',
  '| at each sale, by the API | `GET /features/sales/{line}`: what was told, and `customerBehaviorVector` |',
  '| as of now, by the API | `GET /features/sellers/{id}`, `/features/categories/{id}`, `/features/products/{id}`, `/features/customers/{pseudonym}` |',
  '| anew, over the whole history | `saleFeatures.sql()` |',
  '',
  'The first three are one value: it is computed once, in the commit that counts the sale. As of now means that windows reach up to the moment of the question, in which nothing happens. `?priceCents=` asks how far a price lies from those that were sold at: it adds `price_zscore` and its like, as far as they follow from the entity. All of it takes a token of role analyst or operator; customers are named by a pseudonym alone.',
  '',
];

const semantics = [
  `- ${windowMeaning}`,
  '- Time is event time, UTC. Nothing after the sale counts. At one instant things happen in the order clicks, orders, lines; of one kind by id, shorter ids first. So of two lines of one order the second sees the first.',
  '- The line itself is counted (“pieces of the product in 1 hour” holds its own), except where it is compared with others: deviations and the mean price of the product leave it out.',
  '- **Trend** of a category: of the last hour, *l* lines in the last 30 minutes, which have lasted *t* (25 to 30, as the present five have gone), and *r* in the 30 before, *u*. Were the rate the same, chance alone would set them apart: `(l·u - r·t) / √(t·u·(l + r))` is by how many standard deviations of such chance they differ. Above 2 and below -2 are seldom chance. The line itself is one of *l*, which lifts what is told at a sale: on average by 0.7 where the category sells a line in half an hour, by 0.2 where it sells ten; as of now nothing does.',
  '- **Season**: a price is compared with those of its category in the same quarter of the same year; its window is longer than a quarter, so it begins with it.',
  '- **Seasonality**: 1 is a category’s average hour of the week, 2 an hour with twice as many lines. 28 days hold each hour of the week four times, hours of this day of the week that are still to come three times, the present one as far as it has gone. A category has no season until it has sold for some weeks: on its first day every hour it sells in is far above the average.',
  '- **Deviations** (z-scores) take prices in steps of 0.10 up to 104,857.60, which keeps the sums exact; all prices beyond are the greatest.',
  `- Different values are told apart up to ${distinctMax}; more are ${distinctMax}.`,
  `- Money is in cents. An entity is forgotten after ${memoryDays} days of silence; what was told of a sale, as long after it.`,
  '- An event that comes late is counted in its bucket as long as a window reaches it; sales that were told before stay as they were. In SQL it is in its place.',
  '',
  'All lines of one customer come through one shard, in their order. Sellers, categories and products meet in all shards: where two of their lines lie closer together than the shards’ reading does, either may be taken first, and does not see the other. Then, and only then, a feature at the sale and in SQL may differ, by that line. They also wait for each other there: more shards tell hardly more lines a second than one.',
  '',
];

const adding = [
  '## Add one',
  '',
  'A line in the file of its entity under `shared/sales/features/`, with a name, a meaning, the source and the window. A field that no feature has looked at yet stands in `shared/sales/events.ts` (how an event tells it) and in `shared/sales/sources.ts` (how the lake does). Then',
  '',
  '```sh',
  'npx vitest run test/docs/reference/sale-features.test.ts -u   # this page',
  'npx vitest run test/shared/sales                              # the event and SQL agree',
  'npm run validate -- --schemas --write                         # the published schema',
  '```',
  '',
  `A state that was kept for other features is not read, so the entities of that kind would begin anew: raise the generation in \`shared/sales/sale-job.ts\` and let it learn the past, \`npm run replay -- --job ${saleJob.name} --from lake --wait --swap\`.`,
  '',
];
