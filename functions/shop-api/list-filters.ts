import { z } from 'zod';
import { instantForms, parseInstant } from '../../shared/time/parse-instant.ts';
import { country, idText, line } from './schemas/common.ts';
import { moneyText } from './schemas/money-text.ts';

/** One query parameter of a list and the condition it puts on the rows. */
export interface ListFilter {
  /** Reads the parameter's text. */
  readonly schema: z.ZodType;
  /** @param param takes a value, gives its place in the statement. */
  condition(value: unknown, param: (value: unknown) => string): string;
}

const instantText = z
  .string()
  .transform((text, context) => {
    const atMs = parseInstant(text);
    // Offsets that PostgreSQL does not know are gone.
    if (atMs !== undefined) return new Date(atMs).toISOString();
    context.addIssue({ code: 'custom', message: `Must be ${instantForms}` });
    return z.NEVER;
  })
  .refine((text) => /^(?!0000)\d{4}-/.test(text), 'Must be within the years 1 to 9999')
  .meta({ examples: ['2026-05-04', '2026-05-04T12:00:00Z'] });

/** @param of what the id is of, in words. */
export function idFilter(column: string, of: string): ListFilter {
  return compared(idText, column, '=', `Id of ${of}.`);
}

/** At most so many as stand on one page. */
const idsText = z
  .string()
  .regex(/^[1-9]\d{0,14}(,[1-9]\d{0,14}){0,99}$/, 'Must be 1 to 100 ids with commas between')
  .transform((text) => text.split(','))
  .meta({ examples: ['3,7,12'] });

/** Some rows by their ids, in one request. */
export const idsFilter: ListFilter = {
  schema: idsText.optional().meta({ description: 'Ids, with commas between; at most 100.' }),
  condition: (value, param) => `id = any(${param(value)}::bigint[])`,
};

export function textFilter(column: string, description: string): ListFilter {
  return compared(line(200), column, '=', description);
}

export function countryFilter(column: string): ListFilter {
  return compared(country, column, '=', undefined);
}

export function moneyAtLeast(column: string): ListFilter {
  return compared(moneyText, column, '>=', 'At least so much.');
}

export function moneyAtMost(column: string): ListFilter {
  return compared(moneyText, column, '<=', 'At most so much.');
}

/**
 * `from` and `to`: a span of time, its end not in it.
 *
 * @param what happened then, as a sentence begins.
 */
export function span(expression: string, what: string): { from: ListFilter; to: ListFilter } {
  return {
    from: compared(instantText, expression, '>=', `${what} at this instant or later.`),
    to: compared(instantText, expression, '<', `${what} before this instant.`),
  };
}

/** One of the words a column has. */
export function wordFilter(column: string, words: readonly string[]): ListFilter {
  return compared(z.enum(words, `Must be one of ${words.join(', ')}`), column, '=', undefined);
}

/** Words that stand for a condition each. */
export function choice(
  conditions: Readonly<Record<string, string>>,
  options: { readonly description: string; readonly usual?: string },
): ListFilter {
  const words = Object.keys(conditions);
  const word = z.enum(words, `Must be ${words.join(' or ')}`);
  const schema = options.usual === undefined ? word.optional() : word.default(options.usual);
  return {
    schema: schema.meta({ description: options.description }),
    condition: (value) => conditions[String(value)] ?? 'false',
  };
}

/** Text anywhere within columns, in any case. No index helps: rows are read until a page is full. */
export function within(columns: readonly string[], description: string): ListFilter {
  return {
    schema: line(100).optional().meta({ description }),
    condition(value, param) {
      const pattern = param(`%${String(value).replaceAll(/[\\%_]/g, '\\$&')}%`);
      return `(${columns.map((column) => `${column} ilike ${pattern}`).join(' or ')})`;
    },
  };
}

function compared(
  schema: z.ZodType,
  column: string,
  operator: '=' | '>=' | '<=' | '<',
  description: string | undefined,
): ListFilter {
  return {
    schema: schema.optional().meta(description === undefined ? {} : { description }),
    condition: (value, param) => `${column} ${operator} ${param(value)}`,
  };
}
