import type { LiveDocument } from '../shared/events/live.ts';
import { liveSchemaVersion } from '../shared/events/live-schema-version.ts';
import { tokenRefusal } from './token-refusal.ts';

const answerWithinMs = 5000;
/** The Date header counts whole seconds: smaller differences are its rounding, not a wrong clock. */
const clockDifferenceMinMs = 2000;

export interface LiveSource {
  /** Asks the API; gives the document where it changed, undefined where it did not. */
  readonly ask: () => Promise<LiveDocument | undefined>;
  /** How far the server's clock is ahead of this one; 0 where they agree. */
  readonly clockAheadMs: () => number;
}

/**
 * Reads `GET /live` and hands the entity tag back, so that an unchanged page costs one short 304.
 *
 * @param token sent along where there is one; without one that it accepts the API may refuse, which
 *   is thrown as a TokenRefusal.
 */
export function liveSource(url: string, token: () => string | undefined): LiveSource {
  let etag: string | undefined;
  let clockAheadMs = 0;

  async function ask(): Promise<LiveDocument | undefined> {
    const response = await request(url, {
      ...bearer(token()),
      ...(etag !== undefined && { 'if-none-match': etag }),
    });
    const serverMs = Date.parse(response.headers.get('date') ?? '') + 500;
    const aheadMs = serverMs - Date.now();
    clockAheadMs = Math.abs(aheadMs) >= clockDifferenceMinMs ? aheadMs : 0;
    if (response.status === 304) return undefined;
    if (!response.ok) throw (await tokenRefusal(response)) ?? new Error(await refusal(response));
    const document: unknown = await response.json();
    if (!isLiveDocument(document)) {
      throw new Error('The API speaks a newer form than this page: reload the page');
    }
    etag = response.headers.get('etag') ?? undefined;
    return document;
  }

  return { ask, clockAheadMs: () => clockAheadMs };
}

function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

async function request(url: string, headers: Record<string, string>): Promise<Response> {
  try {
    return await fetch(url, {
      cache: 'no-store',
      headers,
      signal: AbortSignal.timeout(answerWithinMs),
    });
  } catch (cause) {
    const late = cause instanceof DOMException && cause.name === 'TimeoutError';
    const reason = late ? `did not answer within ${answerWithinMs / 1000} s` : 'does not answer';
    throw new Error(`The API ${reason}`, { cause });
  }
}

/** Every refusal of the API is a problem document (RFC 9457); a proxy in between may say less. */
async function refusal(response: Response): Promise<string> {
  const body = await response.text();
  const title = /"title":"([^"]+)"/.exec(body)?.[1];
  return `The API answers with status ${response.status}${title ? ` (${title})` : ''}`;
}

/** The API stands behind the same address as the page: the version says whether the forms match. */
function isLiveDocument(value: unknown): value is LiveDocument {
  return (
    typeof value === 'object' &&
    value !== null &&
    'schemaVersion' in value &&
    value.schemaVersion === liveSchemaVersion
  );
}
