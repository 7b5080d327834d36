import { z } from 'zod';
import type { HttpReply } from './proxy-response.ts';

const list = z.array(z.string()).default([]);

/** `CorsConfiguration` of an HTTP API. */
export const crossOriginRules = z.object({
  AllowOrigins: list,
  AllowMethods: list,
  AllowHeaders: list,
  ExposeHeaders: list,
  AllowCredentials: z.boolean().default(false),
  MaxAge: z.number().int().optional(),
});

type Rules = z.output<typeof crossOriginRules>;

/** What a browser says of a request that a page of another origin makes. */
interface Crossing {
  readonly method: string;
  readonly origin: string | undefined;
  /** The method that a preflight asks for. */
  readonly wanted: string | undefined;
}

/** Whether a browser asks beforehand if it may send a request. */
export function isPreflight({ method, origin, wanted }: Crossing): boolean {
  return method === 'OPTIONS' && origin !== undefined && wanted !== undefined;
}

/**
 * The reply with the headers of the API's rules, and none of the function's own: where rules are
 * set, those of an integration are ignored. An origin that is not allowed gets no headers.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
export function crossed(reply: HttpReply, rules: Rules, crossing: Crossing): HttpReply {
  const own = Object.entries(reply.headers).filter(([name]) => !/^access-control-/i.test(name));
  const more = granted(rules, crossing);
  const vary = [reply.headers['vary'], more['vary']].flat().filter((name) => name !== undefined);
  return {
    ...reply,
    headers: {
      ...Object.fromEntries(own),
      ...more,
      ...(vary.length > 0 && { vary: vary.join(', ') }),
    },
  };
}

function granted(rules: Rules, crossing: Crossing): Record<string, string> {
  const { origin } = crossing;
  const { AllowOrigins: origins, AllowCredentials: credentials } = rules;
  const isForAll = origins.includes('*') && !credentials;
  if (origin === undefined || !(isForAll || origins.includes(origin))) return {};
  const always = {
    'access-control-allow-origin': isForAll ? '*' : origin,
    ...(isForAll ? {} : { vary: 'Origin' }),
    ...(credentials && { 'access-control-allow-credentials': 'true' }),
    ...named('expose-headers', rules.ExposeHeaders),
  };
  if (!isPreflight(crossing)) return always;
  return {
    ...always,
    ...named('allow-methods', rules.AllowMethods),
    ...named('allow-headers', rules.AllowHeaders),
    ...(rules.MaxAge !== undefined && { 'access-control-max-age': String(rules.MaxAge) }),
  };
}

function named(name: string, values: readonly string[]): Record<string, string> {
  return values.length === 0 ? {} : { [`access-control-${name}`]: values.join(',') };
}
