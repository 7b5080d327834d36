import { z } from 'zod';
import { type AwsCall, AwsError, type AwsReply } from '../service.ts';

/** An operation of a JSON service: its input's schema and what answers it. */
export interface JsonOperation {
  answer(input: unknown): unknown;
}

/** An operation whose input is parsed before it is answered. */
export function operation<Input>(
  schema: z.ZodType<Input>,
  answer: (input: Input) => unknown,
): JsonOperation {
  return {
    answer(input) {
      const parsed = schema.safeParse(input);
      if (parsed.success) return answer(parsed.data);
      throw new AwsError('InvalidRequestException', z.prettifyError(parsed.error));
    },
  };
}

export async function answerJson(
  operations: Readonly<Record<string, JsonOperation>>,
  call: AwsCall,
): Promise<AwsReply> {
  const played = operations[call.operation ?? ''];
  if (!played) {
    throw new AwsError(
      'UnknownOperationException',
      `Cannot play operation: of ${call.service} ${Object.keys(operations).join(', ')} are played here: received ${call.operation}`,
    );
  }
  let input: unknown;
  try {
    input = JSON.parse(call.body.toString('utf8') || '{}');
  } catch {
    throw new AwsError('SerializationException', 'The request body is not JSON');
  }
  const output = await played.answer(input);
  return {
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify(output ?? {}),
  };
}

export const pageInput = {
  NextToken: z.string().optional(),
  MaxResults: z.number().int().positive().optional(),
};

/** One page of a list; the token is the place of the next item. */
export function page<Item>(
  items: readonly Item[],
  {
    NextToken,
    MaxResults = 50,
  }: { NextToken?: string | undefined; MaxResults?: number | undefined },
): { items: readonly Item[]; next: { NextToken?: string } } {
  const from = Number(NextToken ?? 0);
  if (!Number.isInteger(from) || from < 0) {
    throw new AwsError('InvalidRequestException', `Invalid NextToken: received ${NextToken}`);
  }
  const end = from + MaxResults;
  return {
    items: items.slice(from, end),
    next: end < items.length ? { NextToken: String(end) } : {},
  };
}
