import { z } from 'zod';
import { type Lane, sendAgain } from '../../../shared/alerts/lane.ts';
import { type UndeliveredMessage, undeliveredPlace } from '../../../shared/alerts/undelivered.ts';
import { type Endpoint, endpoint } from '../../../shared/api/endpoint.ts';
import { Refusal } from '../../../shared/http/refusal.ts';
import { iso } from './alert-view.ts';
import type { AlertsParts } from './parts.ts';
import { pathId } from './path-id.ts';

const tag = 'alerts';
const letterView = z
  .object({
    id: z.string().meta({ description: '<target>:<id of the message>' }),
    target: z.string(),
    message: z.string().meta({ description: 'Its id, that of its first alert.' }),
    alert: z.string().meta({ description: 'Id of the alert it shows in full.' }),
    entity: z.string(),
    count: z.int().meta({ description: 'How many alerts it tells of.' }),
    reason: z.string(),
    attempts: z.int(),
    givenUpAt: z.iso.datetime(),
  })
  .meta({ description: 'A message that one target did not take for a day.' });

const listParameters = z.strictObject({
  limit: z
    .string()
    .regex(/^(?:[1-9]\d?|100)$/, 'Must be a whole number from 1 to 100')
    .transform(Number)
    .default(20),
  cursor: z
    .string()
    .max(4_000)
    .transform((text, context) => {
      try {
        return undeliveredPlace.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
      } catch {
        const message = 'Must be the nextCursor of an earlier answer';
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      }
    })
    .optional(),
});

/** What reached nobody at a target, and how to send it there once more. */
export function undeliveredRoutes({ log, lanes, undelivered }: AlertsParts): readonly Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/undelivered-alerts',
      tag,
      summary: 'Messages that were given up, page by page, the latest first',
      access: ['analyst', 'operator'],
      request: z.object({ query: listParameters }),
      answers: {
        200: {
          description: 'A page of messages.',
          schema: z.object({ messages: z.array(letterView), nextCursor: z.string().nullable() }),
        },
      },
      async handle({ query: { limit, cursor } }) {
        const { messages, last } = await undelivered.list(limit, cursor);
        const nextCursor = last ? encodeCursor(last) : null;
        return { status: 200, body: { messages: messages.map(viewOf), nextCursor } };
      },
    }),
    endpoint({
      method: 'POST',
      path: '/undelivered-alerts/{id}/replay',
      tag,
      summary: 'Sends a message again, to the target that failed it and to no other',
      access: ['operator'],
      request: z.object({ params: z.object({ id: pathId }) }),
      answers: { 202: { description: 'It goes out within a minute.', schema: letterView } },
      problems: { 404: 'No such message was given up.' },
      async handle({ params: { id } }, { event }) {
        const colon = id.indexOf(':');
        const [target, messageId] = [id.slice(0, colon), id.slice(colon + 1)];
        const letter =
          colon > 0 && messageId ? await undelivered.read(target, messageId) : undefined;
        if (!letter) {
          throw new Refusal(404, 'No such message was given up', {
            detail: 'GET /undelivered-alerts lists them.',
          });
        }
        const { message, attempts, entity, givenUpAt } = letter;
        const atMs = event.requestContext.timeEpoch;
        // Done in this order, it can be done again after any of it.
        const again = (lane: Lane) => sendAgain(lane, message, givenUpAt, atMs);
        await lanes.change({ target, entity }, again, atMs);
        const pending = { status: 'pending' as const, atMs, attempts, count: message.count };
        await log.note(messageId, target, pending, ['failed']);
        await undelivered.remove(target, messageId);
        return { status: 202, body: viewOf(letter) };
      },
    }),
  ];
}

function encodeCursor(place: z.output<typeof undeliveredPlace>): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function viewOf({ target, message, ...letter }: UndeliveredMessage): z.output<typeof letterView> {
  return {
    id: `${target}:${message.id}`,
    target,
    message: message.id,
    alert: message.lead,
    entity: letter.entity,
    count: message.count,
    reason: letter.reason,
    attempts: letter.attempts,
    givenUpAt: iso(letter.givenUpAt),
  };
}
