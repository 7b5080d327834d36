import { alignedLines } from '../aligned-lines.ts';
import type { RankedWindow, Ranking, RankingShape } from './ranking.ts';

type Unit = ReturnType<Ranking['unit']>;
type Names = ReadonlyMap<number, string>;

/** A window for people: when it was, what was counted, and the places. */
export function rankingText(
  { startMs, endMs, total, distinctProducts, products }: RankedWindow,
  unit: Unit,
  names: Names,
  timeZone: string,
): string {
  const [start, end] = spanText(startMs, endMs, timeZone);
  const ofProducts = `${whole(distinctProducts)} ${distinctProducts === 1 ? 'product' : 'products'}`;
  const places = products.map(({ productId, count }, index) => [
    ...[`  ${index + 1}.`, `#${productId}`, names.get(productId) ?? '', countText(count, unit)],
  ]);
  return `${start} – ${end}  ${totalText(total, unit)} of ${ofProducts}\n${alignedLines(places)}\n`;
}

/** The same for programs: one line. */
export function rankingJson(
  { startMs, endMs, total, distinctProducts, products }: RankedWindow,
  unit: Unit,
  names: Names,
): string {
  return JSON.stringify({
    start: new Date(startMs).toISOString(),
    end: new Date(endMs).toISOString(),
    unit,
    total,
    distinctProducts,
    products: products.map(({ productId, count }) => {
      const name = names.get(productId);
      return { productId, ...(name !== undefined && { name }), count };
    }),
  });
}

/** How wide and how often, for the first line. */
export function headingText(ranking: string, shape: RankingShape, timeZone: string): string {
  const { windowMs, slideMs } = shape;
  const every = slideMs === windowMs ? 'side by side' : `every ${lengthText(slideMs)}`;
  return `${ranking}, windows of ${lengthText(windowMs)} ${every}, times in ${timeZone}\n`;
}

function lengthText(durationMs: number): string {
  return durationMs % 60_000 === 0
    ? `${whole(durationMs / 60_000)} min`
    : `${whole(durationMs / 1_000)} s`;
}

/** The end without its day where that is the day of the start. */
function spanText(startMs: number, endMs: number, timeZone: string): readonly [string, string] {
  // Swedes write the year first, and 24 hours.
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: startMs % 60_000 === 0 && endMs % 60_000 === 0 ? 'short' : 'medium',
  });
  const start = format.format(startMs);
  const end = format.format(endMs);
  const day = 'YYYY-MM-DD '.length;
  return [start, end.slice(0, day) === start.slice(0, day) ? end.slice(day) : end];
}

function totalText(total: number, unit: Unit): string {
  if (unit === 'cent') return amount(total);
  return `${whole(total)} ${unit}${total === 1 ? '' : 's'}`;
}

function countText(count: number, unit: Unit): string {
  return unit === 'cent' ? amount(count) : whole(count);
}

function whole(value: number): string {
  return value.toLocaleString('en');
}

function amount(cents: number): string {
  return (cents / 100).toLocaleString('en', { minimumFractionDigits: 2 });
}
