import { z } from 'zod';

const day = z.iso.date();
const instant = z.iso.datetime({ offset: true });

/** How people may write one, for messages that refuse another form. */
export const instantForms = 'a day like 2026-03-01 (UTC) or an instant like 2026-03-01T12:00:00Z';

/**
 * Reads a moment as people write it: a day, which is its start in UTC, or RFC 3339 with an offset.
 * A plus sign that a query string turned into a space is taken as meant.
 *
 * @returns epoch milliseconds, or undefined for anything else.
 */
export function parseInstant(text: string): number | undefined {
  if (day.safeParse(text).success) return Date.parse(text);
  const parsed = instant.safeParse(text.replace(/ (?=\d\d:\d\d$)/, '+'));
  return parsed.success ? Date.parse(parsed.data) : undefined;
}
