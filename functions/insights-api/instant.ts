import { z } from 'zod';

const rfc3339 = z.iso.datetime({ offset: true });

/**
 * Reads a moment as a caller may write it: RFC 3339 with an offset (`2026-03-01T12:00:00Z`), or
 * milliseconds since 1970. A plus sign that a query string turned into a space is taken as meant;
 * a moment before 1970 is 1970, as nothing is older.
 *
 * @returns epoch milliseconds, or undefined for anything else.
 */
export function parseInstant(text: string): number | undefined {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const parsed = rfc3339.safeParse(text.replace(/ (?=\d\d:\d\d$)/, '+'));
  return parsed.success ? Math.max(0, Date.parse(parsed.data)) : undefined;
}
