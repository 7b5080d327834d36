/** What the expressions of a prefix stand for. */
export interface PrefixValues {
  /** When the oldest record of the object arrived, epoch milliseconds; written in UTC. */
  readonly arrivalMs: number;
  readonly partition: Readonly<Record<string, string>>;
  /** What `!{firehose:random-string}` becomes. */
  readonly random: string;
  /** `format-conversion-failed` or `processing-failed`; only error prefixes have one. */
  readonly errorType?: string;
}

const expression = /!\{([^}]*)\}/g;
const timeLetters = /yyyy|MM|dd|HH|mm|ss|'[^']*'|[A-Za-z]+|[^A-Za-z']+/g;

/**
 * Expands the prefix of a delivery stream
 * (https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html). Without any expression the
 * hour of arrival is appended, as AWS does.
 *
 * @throws Error for an expression it does not know.
 */
export function expandPrefix(prefix: string, values: PrefixValues): string {
  const full = /!\{/.test(prefix) ? prefix : `${prefix}!{timestamp:yyyy/MM/dd/HH/}`;
  return full.replace(expression, (whole, text: string) => {
    const [namespace = '', name = ''] = text.split(/:(.*)/s);
    const value = expand(namespace, name, values);
    if (value === undefined) {
      throw new Error(`Cannot expand prefix: no such expression here: received "${whole}"`);
    }
    return value;
  });
}

function expand(namespace: string, name: string, values: PrefixValues): string | undefined {
  if (namespace === 'timestamp') return timeText(name, values.arrivalMs);
  if (namespace === 'partitionKeyFromQuery') return values.partition[name];
  if (namespace !== 'firehose') return undefined;
  return name === 'random-string'
    ? values.random
    : name === 'error-output-type'
      ? values.errorType
      : undefined;
}

function timeText(pattern: string, epochMs: number): string {
  const [year = '', month = '', day = '', hour = '', minute = '', second = ''] = new Date(epochMs)
    .toISOString()
    .split(/[-T:.Z]/);
  const fields: Record<string, string> = {
    yyyy: year,
    MM: month,
    dd: day,
    HH: hour,
    mm: minute,
    ss: second,
  };
  return pattern.replace(timeLetters, (part) => {
    if (part.startsWith("'")) return part.slice(1, -1);
    const field = fields[part];
    if (field === undefined && /[A-Za-z]/.test(part)) {
      throw new Error(
        `Cannot expand prefix: of time patterns yyyy, MM, dd, HH, mm and ss can be played here: received "${part}"`,
      );
    }
    return field ?? part;
  });
}
