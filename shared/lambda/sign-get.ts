import { createHash, createHmac } from 'node:crypto';

/** Who signs. Temporary credentials, as a function has them, come with a session token. */
export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

interface SigningScope {
  /** Service name of the signature's scope: `lambda`. */
  readonly service: string;
  readonly region: string;
}

/**
 * The headers that sign a GET request without a body, Signature Version 4
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 *
 * @param headers what else the request carries, names in lower case; signed too.
 * @param nowMs the signature holds for five minutes around it.
 */
export function signGet(
  url: URL,
  { service, region }: SigningScope,
  { accessKeyId, secretAccessKey, sessionToken }: SigningCredentials,
  nowMs: number,
  headers: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const time = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const sent: Record<string, string> = {
    ...headers,
    'x-amz-date': time,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  };
  const signed = Object.entries({ ...sent, host: url.host }).sort(byName);
  const signedNames = signed.map(([name]) => name).join(';');
  const request = [
    'GET',
    url.pathname,
    [...url.searchParams].sort(byName).map(encodePair).join('&'),
    ...signed.map(([name, value]) => `${name}:${value.trim()}`),
    '',
    signedNames,
    sha256(''),
  ].join('\n');
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(request)].join('\n');
  const key = scope
    .split('/')
    .reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
  const signature = hmac(key, toSign).toString('hex');
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signedNames}, Signature=${signature}`,
  };
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `encodeURIComponent` leaves five characters that AWS encodes. */
function encodePair([name, value]: readonly [string, string]): string {
  const encode = (text: string): string =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  return `${encode(name)}=${encode(value)}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
