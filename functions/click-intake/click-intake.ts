import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { readCaller } from '../../shared/auth/caller.ts';
import { type ClickRecord, clickBatch } from '../../shared/events/click.ts';
import { failureToProblem } from '../../shared/http/failure-to-problem.ts';
import { problemFields } from '../../shared/http/problem-fields.ts';
import { readBody } from '../../shared/http/read-body.ts';
import { Refusal, refusalResponse } from '../../shared/http/refusal.ts';
import { takeClicks } from './take-clicks.ts';

type Event = APIGatewayProxyEventV2;
type Result = APIGatewayProxyStructuredResultV2;

export interface IntakeParts {
  /** Puts records into the stream; throws when some of them could not be put. */
  put(records: readonly ClickRecord[]): Promise<void>;
  /** A pseudonym that is the same for the same identifier. */
  pseudonym(): Promise<(identifier: string) => string>;
  /** base64url; with the empty text nobody is an operator. */
  readonly tokenPublicKey: string;
  now(): number;
  count(accepted: number, rejected: number): void;
  log(message: string, error: Error): void;
}

const bodyBytesMax = 1024 * 1024;

/** The intake of clicks as a Lambda handler: `POST /events`. */
export function clickIntake({ put, pseudonym, tokenPublicKey, now, count, log }: IntakeParts) {
  async function take(event: Event): Promise<Result> {
    const batch = clickBatch.safeParse(readBody(event, bodyBytesMax));
    if (!batch.success) {
      throw new Refusal(422, 'The body has wrong fields', { errors: problemFields(batch.error) });
    }
    const { role } = await readCaller(event, tokenPublicKey);
    const { records, rejected } = takeClicks(batch.data.events, {
      pseudonym: await pseudonym(),
      mayBackfill: role === 'operator' || role === 'admin',
      nowMs: now(),
    });
    const errors = rejected.flatMap(({ index, errors }) =>
      errors.map(({ field, reason }) => ({
        field: ['events', index, field].filter((step) => step !== '').join('.'),
        reason,
      })),
    );
    if (records.length === 0) {
      count(0, rejected.length);
      throw new Refusal(422, 'No event of the batch is accepted', { errors });
    }
    await put(records).catch((error: unknown) => {
      log('The stream does not take clicks', asError(error));
      throw new Refusal(503, 'The stream does not take clicks at the moment', {
        detail: 'Send the same events again: those that were taken are known by their eventId.',
        headers: { 'retry-after': '5' },
      });
    });
    count(records.length, rejected.length);
    return {
      statusCode: 202,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
      body: JSON.stringify({ accepted: records.length, rejected: rejected.length, errors }),
    };
  }

  return middy<Event, Result>()
    .use(failureToProblem(log))
    .handler(async (event) => {
      try {
        return await take(event);
      } catch (error) {
        if (error instanceof Refusal) return refusalResponse(error, event);
        throw error;
      }
    });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
