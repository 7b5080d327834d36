import { apiToken } from '../api-token.ts';
import { progressBar } from '../progress-bar.ts';
import type { SubCommand } from '../run-sub-command.ts';
import { shopAddress } from '../shop-address.ts';
import { openShopDatabase } from '../shop-database.ts';
import { shopClient } from '../shoppers/shop-client.ts';
import { otherClicksInLake } from './clicks-in-lake.ts';
import { openEventFile } from './event-file.ts';
import { eventUsage, parseEventOptions } from './event-options.ts';
import type { FileClick } from './formats/event-format.ts';
import { formats } from './formats/formats.ts';
import { handOver } from './hand-over.ts';
import { endImport } from './learn-import.ts';
import { collectRefusals } from './refusals.ts';
import { type ClickLine, sendClicks } from './send-clicks.ts';
import { type ShopProducts, shopProducts } from './shop-products.ts';

type FileLine = FileClick & { readonly line: number };

/** A request each for the senders that work at the same time; products are looked up for all. */
const linesMax = 2_000;
const sendersMax = 4;

export const clicks: SubCommand = {
  usage: eventUsage('clicks', formats.clicks),
  async run(args) {
    const options = parseEventOptions(args, formats.clicks);
    const { format, speed, toInstant } = options;
    const isBackfill = speed === undefined;
    const notAfterMs = isBackfill ? Date.now() : undefined;
    const file = await openEventFile({ ...options, notAfterMs });
    const address = await shopAddress(options);
    const token = await apiToken({ role: 'operator', ...options });
    const shop = await openShopDatabase(options);
    const refusals = await collectRefusals(options.refused);
    try {
      const startedMs = Date.now();
      // An event id has room for 64 characters. What happens again happens anew with every run.
      const importId = file.hash.slice(0, 24) + (isBackfill ? '' : `-${startedMs}`);
      const post = { shop: shopClient(address), token, importId, isBackfill, refuse: refusals.add };
      const products = shopProducts(shop.db);
      let accepted = 0;
      const bar = progressBar({ label: 'lines', total: file.lines });
      await handOver(
        file.read((row) => format.click?.(row, toInstant), refusals, bar),
        {
          ...{ speed, linesMax, bar, lines: () => 1, atMs: ({ atMs }) => atMs },
          moved: (click, shifted) => ({ ...click, atMs: shifted(click.atMs) }),
          async write(lines) {
            const numbered = await withProducts(lines, products);
            const parts = partsOf(numbered, sendersMax).map((part) => sendClicks(part, post));
            for (const taken of await Promise.all(parts)) accepted += taken;
          },
        },
      );
      bar.end();
      const refused = refusals.text();
      if (refused !== undefined) console.error(refused);
      const counts = { accepted, refused: refusals.count(), productsMade: products.made() };
      const told = { importId, lines: file.lines, tookMs: Date.now() - startedMs };
      if (options.json) console.log(JSON.stringify({ ...told, ...counts }));
      else {
        console.log(`Clicks       ${accepted.toLocaleString('en')} were taken
New          ${counts.productsMade.toLocaleString('en')} products`);
      }
      await endImport(options, file.span(), 'clicks', async () => ({
        clicks: (await otherClicksInLake(options, importId)) + accepted,
      }));
      return refusals.count() > 0 ? 1 : 0;
    } finally {
      await refusals.close();
      await shop.close();
    }
  },
};

async function withProducts(
  lines: readonly FileLine[],
  products: ShopProducts,
): Promise<readonly ClickLine[]> {
  const wanted = lines.flatMap(({ product, priceCents }) =>
    product === undefined ? [] : [{ product, priceCents }],
  );
  const known = await products.of(wanted);
  return lines.map((line) => ({ ...line, productId: known.get(line.product?.sku ?? '')?.id }));
}

function partsOf<Item>(items: readonly Item[], parts: number): (readonly Item[])[] {
  const size = Math.ceil(items.length / parts);
  return Array.from({ length: parts }, (_, part) => items.slice(part * size, (part + 1) * size));
}
