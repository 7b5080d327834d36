import type { z } from 'zod';
import { AwsError } from '../service.ts';

/**
 * Reads the JSON of a request.
 *
 * @throws AwsError SerializationException for what is not JSON or of the wrong type,
 *   ValidationException, in AWS's words, for what breaks a constraint.
 */
export function parseInput<T>(schema: z.ZodType<T>, body: Buffer): T {
  const input = parseJson(body);
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const mistyped = issues.find((issue) => isMistyped(issue, valueAt(input, issue.path)));
  if (mistyped !== undefined) {
    throw new AwsError(
      'SerializationException',
      `${memberName(mistyped.path)}: ${mistyped.message}`,
    );
  }
  const texts = issues.map((issue) => constraintText(issue, valueAt(input, issue.path)));
  throw new AwsError(
    'ValidationException',
    `${texts.length} validation error${texts.length > 1 ? 's' : ''} detected: ${texts.join('; ')}`,
  );
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString() || '{}');
  } catch {
    throw new AwsError('SerializationException', 'The request is not JSON');
  }
}

type Issue = z.core.$ZodIssue;

function isMistyped(issue: Issue, value: unknown): boolean {
  return (
    (issue.code === 'invalid_type' && value !== undefined && value !== null) ||
    (issue.code === 'custom' && issue.params?.['mistyped'] === true)
  );
}

/** Longer values are left out of messages, as the data of records is. */
const shownLengthMax = 512;

function constraintText(issue: Issue, value: unknown): string {
  const isNamed = typeof value === 'string' || typeof value === 'number';
  const shown = isNamed && String(value).length <= shownLengthMax ? `'${value}' ` : '';
  const subject = value === undefined || value === null ? 'null ' : shown;
  const member = memberName(issue.path);
  return `Value ${subject}at '${member}' failed to satisfy constraint: ${constraint(issue)}`;
}

function constraint(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return 'Member must not be null';
    case 'too_small':
      return `Member must have ${measure(issue.origin)} greater than or equal to ${issue.minimum}`;
    case 'too_big':
      return `Member must have ${measure(issue.origin)} less than or equal to ${issue.maximum}`;
    case 'invalid_format':
      return `Member must satisfy regular expression pattern: ${writtenPattern(issue.pattern)}`;
    case 'invalid_value':
      return `Member must satisfy enum value set: [${issue.values.join(', ')}]`;
    default:
      return issue.message;
  }
}

/** A regular expression as the API's model writes it: without the anchors it needs here. */
function writtenPattern(pattern = ''): string {
  const parts = /^\/\^(?:\(\?:(.*)\)|(.*))\$\/$/.exec(pattern);
  return parts?.[1] ?? parts?.[2] ?? pattern;
}

function measure(origin: string): string {
  return origin === 'string' || origin === 'array' ? 'length' : 'value';
}

/** `records.1.member.partitionKey`: lists count from one. */
function memberName(path: readonly PropertyKey[]): string {
  return path
    .map((part) =>
      typeof part === 'number'
        ? `${part + 1}.member`
        : String(part).replace(/^[A-Z]/, (letter) => letter.toLowerCase()),
    )
    .join('.');
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined,
    input,
  );
}
