import { progressBar } from '../progress-bar.ts';
import type { SubCommand } from '../run-sub-command.ts';
import { openShopDatabase } from '../shop-database.ts';
import { decimal } from './decimal.ts';
import { openEventFile } from './event-file.ts';
import { eventUsage, parseEventOptions } from './event-options.ts';
import { formats } from './formats/formats.ts';
import { type FileOrder, groupOrders } from './group-orders.ts';
import { handOver } from './hand-over.ts';
import { endImport, historyOfOrders } from './learn-import.ts';
import { collectRefusals } from './refusals.ts';
import { type OrderCounts, orderWriter } from './write-orders.ts';

/** Large enough to be fast, small enough for one request of the Data API. */
const linesMax = 2_000;

export const orders: SubCommand = {
  usage: eventUsage('orders', formats.orders),
  async run(args) {
    const options = parseEventOptions(args, formats.orders);
    const { format, speed, toInstant } = options;
    const notAfterMs = speed === undefined ? Date.now() : undefined;
    const file = await openEventFile({ ...options, notAfterMs });
    const shop = await openShopDatabase(options);
    const refusals = await collectRefusals(options.refused);
    try {
      const startedMs = Date.now();
      const isBackfill = speed === undefined;
      // What happens again happens anew with every run.
      const importId = `import|${file.hash}${isBackfill ? '' : `@${startedMs}`}`;
      const writer = orderWriter(shop.db, {
        ...{ source: format.name, fileHash: file.hash, importId, isBackfill },
        refuse({ lines }, { field, message }) {
          for (const { line } of lines) refusals.add({ line, field, reason: message });
        },
      });
      const bar = progressBar({ label: 'lines', total: file.lines });
      const sales = file.read((row) => format.sale?.(row, toInstant), refusals, bar);
      await handOver(groupOrders(sales), {
        ...{ speed, linesMax, bar, write: writer.write },
        lines: ({ lines }) => lines.length,
        atMs: startOf,
        moved: ({ reference, lines }, shifted) => ({
          reference,
          lines: lines.map((line) => ({ ...line, atMs: shifted(line.atMs) })),
        }),
      });
      bar.end();
      const counts = writer.counts();
      const told = { importId, lines: file.lines, tookMs: Date.now() - startedMs };
      const refused = refusals.text();
      if (refused !== undefined) console.error(refused);
      if (!options.json) console.log(textOf(counts));
      else console.log(JSON.stringify({ ...told, refused: refusals.count(), ...counts }));
      await endImport(options, file.span(), 'orders', () => historyOfOrders(shop.db));
      return refusals.count() > 0 ? 1 : 0;
    } finally {
      await refusals.close();
      await shop.close();
    }
  },
};

function startOf({ lines }: FileOrder): number {
  return lines.reduce((first, { atMs }) => Math.min(first, atMs), Number.POSITIVE_INFINITY);
}

function textOf(counts: OrderCounts): string {
  const n = (count: number): string => count.toLocaleString('en');
  const { orders, items, adjustments, grossCents, givenBackCents, known, findings } = counts;
  const flagged = Object.entries(findings).map(([field, count]) => `${field} ${n(count)}`);
  return `Sold         ${n(items)} lines in ${n(orders)} orders, worth ${decimal(grossCents)}
Given back   ${n(adjustments)} lines, worth ${decimal(givenBackCents)}; ${decimal(grossCents - givenBackCents)} remain
New          ${n(counts.productsMade)} products, ${n(counts.customersMade)} customers; ${n(known)} orders were there already
Flagged      ${flagged.length > 0 ? `${flagged.join(', ')} (kept; see private.import_findings)` : 'nothing'}`;
}
