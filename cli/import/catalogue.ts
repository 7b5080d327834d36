import { parseArgs } from 'node:util';
import { alignedLines } from '../aligned-lines.ts';
import { placeOptions, placeUsage } from '../options/place.ts';
import { progressBar } from '../progress-bar.ts';
import type { SubCommand } from '../run-sub-command.ts';
import { openShopDatabase } from '../shop-database.ts';
import { columnsOf } from './column-map.ts';
import { unknownCountry } from './country-code.ts';
import { LineFault } from './line-fault.ts';
import { type CsvFile, openCsv } from './read-csv.ts';
import { productFields, readCategory, readProduct } from './read-product.ts';
import { collectRefusals, type Refusals } from './refusals.ts';
import { type ProductCounts, writeCategories, writeProducts } from './write-products.ts';

const linesPerTransaction = 2_000;
const fieldNames = productFields.map((field) =>
  'needed' in field ? field.name : `[${field.name}]`,
);

const usage = `npm run import -- catalogue FILE.csv [options]

Products of the file are made, or changed where the shop has their sku; what the file does not tell
stays. Columns are found by their names:
  ${fieldNames.slice(0, 7).join(' ')}
  ${fieldNames.slice(7).join(' ')}

  --map FIELD=COLUMN  the column of a field, again for each
  --only categories   the file holds names of categories, no products
  --category NAME     of new products whose line names none (default Other)
  --seller NAME       likewise (default Own range)
  --country BR        of new sellers whose line names none (default ${unknownCountry}, unknown)
  --delimiter ";"     instead of a comma; \\t is a tab
  --encoding latin1   instead of UTF-8
  --refused OUT.csv   write every refused line there, with column and reason
${placeUsage(18)}
  --json              the report as one line of JSON on standard output`;

const onlyCategories = [{ name: 'category', needed: true, aliases: ['categoryName', 'name'] }];

/** Brings a file of products, or of categories, into the shop. */
export const catalogue: SubCommand = {
  usage,
  async run(args) {
    const options = parseOptions(args);
    const { unnamed } = options;
    const file = await openCsv(options.file, options);
    const fields = options.only === undefined ? productFields : onlyCategories;
    const columns = new Map(Object.entries(columnsOf(fields, file.columns, options.maps)));
    const shop = await openShopDatabase(options);
    const { db } = shop;
    const refusals = await collectRefusals(options.refused);
    const startedMs = Date.now();
    try {
      const source = { file, columns, refusals };
      const { lines, counts } =
        options.only === undefined
          ? await eachBatch(source, readProduct, (products) => writeProducts(db, products, unnamed))
          : await eachBatch(source, readCategory, (names) => writeCategories(db, names));
      const report = {
        lines,
        ...counts,
        refused: refusals.count(),
        tookMs: Date.now() - startedMs,
      };
      console.log(options.json ? JSON.stringify(report) : reportText(shop.name, report));
      const refused = refusals.text();
      if (refused !== undefined) console.error(refused);
      return refusals.count() > 0 ? 1 : 0;
    } finally {
      await refusals.close();
      await shop.close();
    }
  },
};

interface Source {
  readonly file: CsvFile;
  /** By field. */
  readonly columns: ReadonlyMap<string, string | undefined>;
  readonly refusals: Refusals;
}

type Read<Item> = (field: (name: string) => string) => Item;

/** Reads the file and writes it, so many lines at a time; what is no item is refused. */
async function eachBatch<Item>(
  { file, columns, refusals }: Source,
  read: Read<Item>,
  write: (items: readonly Item[]) => Promise<ProductCounts>,
): Promise<{ lines: number; counts: ProductCounts }> {
  const bar = progressBar({ label: 'lines', share: () => file.share() });
  let counts: ProductCounts = {
    made: 0,
    changed: 0,
    unchanged: 0,
    categoriesMade: 0,
    sellersMade: 0,
  };
  let lines = 0;
  let items: Item[] = [];
  async function flush(count: number): Promise<void> {
    if (items.length > 0) counts = sum(counts, await write(items));
    items = [];
    bar.add(count);
  }
  for await (const record of file.records) {
    lines += 1;
    const { line } = record;
    if ('fault' in record) {
      refusals.add({ line, field: 'line', reason: record.fault });
    } else {
      try {
        items.push(read((name) => textOf(record.fields[columns.get(name) ?? ''])));
      } catch (error) {
        if (!(error instanceof LineFault)) throw error;
        const field = columns.get(error.field) ?? error.field;
        refusals.add({ line, field, reason: error.message });
      }
    }
    if (lines % linesPerTransaction === 0) await flush(linesPerTransaction);
  }
  await flush(lines % linesPerTransaction);
  bar.end();
  return { lines, counts };
}

/** `NULL` is how exports of SQL databases write what is not there. */
function textOf(cell: string | undefined): string {
  const text = (cell ?? '').trim();
  return text === 'NULL' ? '' : text;
}

function sum(one: ProductCounts, other: ProductCounts): ProductCounts {
  return {
    made: one.made + other.made,
    changed: one.changed + other.changed,
    unchanged: one.unchanged + other.unchanged,
    categoriesMade: one.categoriesMade + other.categoriesMade,
    sellersMade: one.sellersMade + other.sellersMade,
  };
}

interface Report extends ProductCounts {
  readonly lines: number;
  readonly refused: number;
  readonly tookMs: number;
}

function reportText(name: string, report: Report): string {
  const { lines, tookMs } = report;
  const rows: readonly (readonly [string, number])[] = [
    ['new products', report.made],
    ['changed', report.changed],
    ['unchanged', report.unchanged],
    ['refused lines', report.refused],
    ['new categories', report.categoriesMade],
    ['new sellers', report.sellersMade],
  ];
  const rate = Math.round((lines * 1_000) / Math.max(1, tookMs)).toLocaleString('en');
  return [
    `${lines.toLocaleString('en')} lines into the shop of ${name} in ${(tookMs / 1_000).toFixed(1)} s, ${rate}/s`,
    alignedLines(rows.map(([what, count]) => [what, count.toLocaleString('en')])),
  ].join('\n');
}

function parseOptions(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      map: { type: 'string', multiple: true, default: [] },
      only: { type: 'string' },
      category: { type: 'string', default: 'Other' },
      seller: { type: 'string', default: 'Own range' },
      country: { type: 'string', default: unknownCountry },
      delimiter: { type: 'string' },
      encoding: { type: 'string', default: 'utf8' },
      refused: { type: 'string' },
      json: { type: 'boolean', default: false },
      ...placeOptions,
    },
  });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) {
    throw wrong('one file is expected', positionals.join(' ') || 'none');
  }
  const { encoding, category, seller, country, only } = values;
  if (only !== undefined && only !== 'categories') throw wrong('--only takes categories', only);
  if (encoding !== 'utf8' && encoding !== 'latin1') {
    throw wrong('--encoding must be utf8 or latin1', encoding);
  }
  if (!/^[A-Z]{2}$/.test(country)) throw wrong('--country must be two letters, like BR', country);
  const unnamed = { category, seller, country };
  return { ...values, file, encoding, only, unnamed, maps: values.map } as const;
}

function wrong(what: string, received: string): RangeError {
  return new RangeError(`Cannot import: ${what}: received ${received}`);
}
