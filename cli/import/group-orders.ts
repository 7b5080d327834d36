import type { FileSale } from './formats/event-format.ts';

/** A line of a sale with its place in the file. */
export interface SaleLine extends FileSale {
  readonly line: number;
}

/** The lines of one order, in the order of the file. */
export interface FileOrder {
  /** What the file calls it; a part that lies far behind the first has its number behind it. */
  readonly reference: string;
  readonly lines: readonly SaleLine[];
}

/** So far apart may two lines of an order lie: so many lines of orders are held in memory. */
const apartMax = 100_000;

/**
 * Puts together what belongs to one order, with the memory of a part of the file: an order whose
 * lines lie further apart becomes two. The same file always gives the same orders.
 */
export async function* groupOrders(
  sales: AsyncIterable<SaleLine>,
  apart = apartMax,
): AsyncGenerator<FileOrder> {
  /** Those last touched stand last. */
  const open = new Map<string, SaleLine[]>();
  const told = new Map<string, number>();
  const tell = (reference: string, lines: readonly SaleLine[]): FileOrder => {
    open.delete(reference);
    const part = (told.get(reference) ?? 0) + 1;
    told.set(reference, part);
    return { reference: part === 1 ? reference : `${reference}/${part}`, lines };
  };
  for await (const sale of sales) {
    const lines = open.get(sale.order) ?? [];
    lines.push(sale);
    open.delete(sale.order);
    open.set(sale.order, lines);
    for (const [reference, oldest] of open) {
      if (sale.line - (oldest.at(-1)?.line ?? 0) <= apart) break;
      yield tell(reference, oldest);
    }
  }
  for (const [reference, lines] of open) yield tell(reference, lines);
}
