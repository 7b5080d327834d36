import { readFile } from 'node:fs/promises';
import type { AthenaClient } from '@aws-sdk/client-athena';
import { z } from 'zod';
import { runSql, type SqlOptions } from '../../../shared/lake/run-sql.ts';

/** What somebody has said of an order. */
export interface OrderLabel {
  readonly orderId: string;
  readonly fraud: boolean;
  /** Epoch milliseconds; before that nobody knew it. */
  readonly knownAtMs: number;
  readonly pattern: string | undefined;
}

const lineSchema = z.object({
  orderId: z.coerce.string(),
  orderedAt: z.iso.datetime({ offset: true }),
  pattern: z.string().nullish(),
  fraud: z.boolean(),
});

/**
 * Labels of a file as `npm run simulate` writes it, one line of JSON for each order.
 *
 * @param delayMs after which the world knows what became of an order.
 * @throws Error that names the line that is no label.
 */
export async function fileLabels(file: string, delayMs: number): Promise<readonly OrderLabel[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`Cannot read labels: there is no such file: received "${file}"`, { cause });
  });
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const { orderId, orderedAt, pattern, fraud } = parseLine(line, file, index + 1);
    const knownAtMs = Date.parse(orderedAt) + delayMs;
    return [{ orderId, fraud, knownAtMs, pattern: pattern ?? undefined }];
  });
}

function parseLine(line: string, file: string, number: number): z.output<typeof lineSchema> {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new Error(
      `Cannot read labels: line ${number} of ${file} is no label like {"orderId":7,"orderedAt":"2026-11-01T10:00:00Z","fraud":true}: received ${line.slice(0, 200)}`,
      { cause },
    );
  }
}

/** What operators and card issuers have said, as the lake has it. */
export async function lakeLabels(
  client: AthenaClient,
  lake: SqlOptions,
): Promise<readonly OrderLabel[]> {
  const { rows } = await runSql(
    client,
    'SELECT order_id, verdict, to_unixtime(reviewed_at) FROM order_reviews ORDER BY reviewed_at, id',
    lake,
  );
  return rows.map(([orderId, verdict, seconds]) => ({
    orderId: orderId ?? '',
    fraud: verdict === 'fraud',
    knownAtMs: Math.round(Number(seconds) * 1_000),
    pattern: undefined,
  }));
}

/**
 * What is known of each order at an instant: what was said last. A bank that claims money back names
 * no pattern; one that somebody else has named by then stays known.
 *
 * @param labels of equal times the later one counts.
 */
export function labelsAt(
  labels: readonly OrderLabel[],
  atMs: number,
): ReadonlyMap<string, OrderLabel> {
  const known = new Map<string, OrderLabel>();
  const patterns = new Map<string, string>();
  const said = labels.filter(({ knownAtMs }) => knownAtMs <= atMs);
  for (const label of said.sort((a, b) => a.knownAtMs - b.knownAtMs)) {
    const verdict = `${label.orderId}|${label.fraud}`;
    const pattern = label.pattern ?? patterns.get(verdict);
    if (pattern !== undefined) patterns.set(verdict, pattern);
    known.set(label.orderId, { ...label, pattern });
  }
  return known;
}
