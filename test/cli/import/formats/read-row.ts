import type { EventFormat, Row } from '../../../../cli/import/formats/event-format.ts';
import { wallClock } from '../../../../cli/import/instant.ts';

const utc = wallClock('UTC');

/** A row of a format, from cells in the order of its fields. */
export function rowOf(format: EventFormat, cells: readonly string[]): Row {
  const places = new Map(format.fields.map(({ name }, place) => [name, place]));
  return (field) => cells[places.get(field) ?? -1]?.trim() ?? '';
}

/** A line of comma-separated cells as the sale it tells of. */
export function saleOf(format: EventFormat, line: string) {
  return format.sale?.(rowOf(format, line.split(',')), utc);
}

/** A line of comma-separated cells as the click it tells of. */
export function clickOf(format: EventFormat, line: string) {
  return format.click?.(rowOf(format, line.split(',')), utc);
}
