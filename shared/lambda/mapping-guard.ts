import { z } from 'zod';
import { type SigningCredentials, signGet } from './sign-get.ts';

/** Where Lambda is asked, for whom, and by whom. */
interface LambdaAccess {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: SigningCredentials;
  now(): number;
}

/** What a mapping is, with Lambda's own defaults for what an answer leaves out. */
const mappingSchema = z.object({
  EventSourceArn: z.string().default(''),
  StartingPosition: z.string().nullish(),
  FilterCriteria: z.object({ Filters: z.array(z.unknown()).nullish() }).nullish(),
  ParallelizationFactor: z.number().nullish(),
  MaximumRetryAttempts: z.number().nullish(),
  MaximumRecordAgeInSeconds: z.number().nullish(),
  TumblingWindowInSeconds: z.number().nullish(),
  FunctionResponseTypes: z.array(z.string()).nullish(),
});
const answerSchema = z.object({
  EventSourceMappings: z.array(mappingSchema),
  NextMarker: z.string().nullish(),
});

/** Lambda was out of reach: nothing is known about the mappings. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  readonly retriable = true;
}

/**
 * Holds the event source mappings of a function, as they are now, against what the jobs rest on:
 * one batch of a shard at a time, tried without end, failures told one by one. Synthesis demands
 * the same of the template; this finds what was changed since.
 *
 * @throws Error that names mapping, property and value; UnreachableError when Lambda does not
 * answer, which says nothing about them.
 */
export async function checkMappings(access: LambdaAccess, functionName: string): Promise<void> {
  let marker: string | null | undefined;
  do {
    const page = await listMappings(access, functionName, marker);
    for (const mapping of page.EventSourceMappings) checkMapping(mapping, functionName);
    marker = page.NextMarker;
  } while (marker);
}

function checkMapping(mapping: z.output<typeof mappingSchema>, functionName: string): void {
  if (!mapping.EventSourceArn.includes(':kinesis:')) return;
  const demands = [
    // A record that is never brought leaves its shard unread for good: children wait, time stands.
    ['StartingPosition', mapping.StartingPosition ?? 'TRIM_HORIZON', 'TRIM_HORIZON'],
    ['FilterCriteria', mapping.FilterCriteria?.Filters?.length ?? 0, 0],
    ['ParallelizationFactor', mapping.ParallelizationFactor ?? 1, 1],
    ['MaximumRetryAttempts', mapping.MaximumRetryAttempts ?? -1, -1],
    ['MaximumRecordAgeInSeconds', mapping.MaximumRecordAgeInSeconds ?? -1, -1],
    ['TumblingWindowInSeconds', mapping.TumblingWindowInSeconds ?? 0, 0],
    [
      'FunctionResponseTypes',
      (mapping.FunctionResponseTypes ?? []).join(),
      'ReportBatchItemFailures',
    ],
  ] as const;
  for (const [property, value, allowed] of demands) {
    if (value === allowed) continue;
    throw new Error(
      `Cannot run jobs in ${functionName}: the event source mapping of ${mapping.EventSourceArn} must have ${property} ${allowed}, or records are counted in the wrong order or never: received ${value || 'nothing'}`,
    );
  }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html */
async function listMappings(
  { endpoint, region, credentials, now }: LambdaAccess,
  functionName: string,
  marker: string | null | undefined,
): Promise<z.output<typeof answerSchema>> {
  const url = new URL('/2015-03-31/event-source-mappings/', endpoint);
  url.searchParams.set('FunctionName', functionName);
  if (marker) url.searchParams.set('Marker', marker);
  const headers = signGet(url, { service: 'lambda', region }, credentials, now());
  const unreachable = (why: unknown): UnreachableError =>
    new UnreachableError(`Cannot ask Lambda for the mappings of ${functionName}: ${why}`);
  const response = await fetch(url, { headers }).catch((error: unknown) => {
    throw unreachable(error);
  });
  const text = await response.text();
  if (response.status === 429 || response.status >= 500) throw unreachable(response.status);
  if (!response.ok) {
    throw new Error(
      `Cannot ask Lambda for the mappings of ${functionName}: may its role lambda:ListEventSourceMappings?: received ${response.status} ${text}`,
    );
  }
  return answerSchema.parse(JSON.parse(text));
}
