import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Mute } from '../../../shared/alerts/mutes.ts';
import { type Endpoint, endpoint } from '../../../shared/api/endpoint.ts';
import { Refusal } from '../../../shared/http/refusal.ts';
import { iso } from './alert-view.ts';
import { instantAhead, readInstantAhead } from './instant-ahead.ts';
import type { AlertsParts } from './parts.ts';

const tag = 'alerts';
const kind = z.string();
const entity = z.string();

/** @param kinds that there are: a mute of another would keep nothing quiet. */
function muteBody(kinds: readonly string[]) {
  return z
    .strictObject({
      kind: z.enum(kinds, `Must be one of ${kinds.join(', ')}`).optional(),
      entity: z
        .string()
        .max(400)
        .regex(/^[^|]+\|./, 'Must be kind|id, as customer|7')
        .optional()
        .meta({ description: 'kind|id, as customer|7' }),
      until: instantAhead,
      reason: z.string().max(300).optional(),
    })
    .refine((mute) => mute.kind !== undefined || mute.entity !== undefined, {
      error: 'Must name a kind, an entity or both',
      path: ['kind'],
    });
}

const muteView = z
  .object({
    id: z.string(),
    kind: kind.nullable(),
    entity: entity.nullable(),
    until: z.iso.datetime(),
    by: z.string(),
    at: z.iso.datetime(),
    reason: z.string().nullable(),
  })
  .meta({ description: 'Alerts of this kind about this entity are logged and not told.' });

/** Kinds and entities of which nobody wants to hear for a while. */
export function muteRoutes({ mutes }: AlertsParts, kinds: readonly string[]): readonly Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/alert-mutes',
      tag,
      summary: 'What is muted now',
      access: ['analyst', 'operator'],
      request: z.object({}),
      answers: {
        200: { description: 'All of it.', schema: z.object({ mutes: z.array(muteView) }) },
      },
      async handle(_request, { event }) {
        const held = await mutes.list(event.requestContext.timeEpoch);
        return { status: 200, body: { mutes: held.map(viewOf) } };
      },
    }),
    endpoint({
      method: 'POST',
      path: '/alert-mutes',
      tag,
      summary: 'Mutes a kind, an entity, or a kind of one entity, instead of such a mute before',
      access: ['operator'],
      request: z.object({ body: muteBody(kinds) }),
      answers: { 201: { description: 'Heeded within seconds.', schema: muteView } },
      async handle({ body }, { event, caller }) {
        const atMs = event.requestContext.timeEpoch;
        const { kind: ofKind, entity: ofEntity, until, reason } = body;
        const mute: Mute = {
          id: idOf(ofKind, ofEntity),
          kind: ofKind,
          entity: ofEntity,
          untilMs: readInstantAhead(until, atMs),
          by: caller.subject ?? caller.role,
          atMs,
          reason,
        };
        await mutes.put(mute);
        return { status: 201, body: viewOf(mute) };
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/alert-mutes/{id}',
      tag,
      summary: 'Ends a mute',
      access: ['operator'],
      request: z.object({ params: z.object({ id: z.string().min(1).max(64) }) }),
      answers: { 204: { description: 'Its alerts are told again.' } },
      problems: { 404: 'Nothing is muted under this id.' },
      async handle({ params }) {
        if (await mutes.remove(params.id)) return { status: 204 };
        throw new Refusal(404, 'No such mute', { detail: 'GET /alert-mutes lists them.' });
      },
    }),
  ];
}

/** The same of a kind and an entity, so that there is one mute of both. */
function idOf(ofKind: string | undefined, ofEntity: string | undefined): string {
  const what = JSON.stringify([ofKind ?? null, ofEntity ?? null]);
  return createHash('sha256').update(what).digest('hex').slice(0, 16);
}

function viewOf(mute: Mute): z.output<typeof muteView> {
  return {
    id: mute.id,
    kind: mute.kind ?? null,
    entity: mute.entity ?? null,
    until: iso(mute.untilMs),
    by: mute.by,
    at: iso(mute.atMs),
    reason: mute.reason ?? null,
  };
}
