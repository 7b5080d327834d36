/** Who signed a request, and for which service. */
export interface Credential {
  readonly accessKeyId: string;
  readonly service: string;
}

/**
 * Reads the credential of Signature Version 4, from the Authorization header or, in a presigned
 * address, from the query. Undefined when the request carries none. The signature is not checked.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html
 */
export function readCredential(
  authorization: string | undefined,
  path: string,
): Credential | undefined {
  const inHeader = /^AWS4-\S+\s.*?Credential=([^,\s]+)/.exec(authorization ?? '')?.[1];
  const scope = inHeader ?? credentialInQuery(path);
  // <access key id>/<yyyymmdd>/<region>/<service>/aws4_request
  const parts = scope?.split('/') ?? [];
  const [accessKeyId, , , service, terminator] = parts.slice(-5);
  if (!accessKeyId || !service || terminator !== 'aws4_request') return undefined;
  return { accessKeyId, service };
}

function credentialInQuery(path: string): string | undefined {
  const query = path.indexOf('?');
  if (query < 0) return undefined;
  return new URLSearchParams(path.slice(query)).get('X-Amz-Credential') ?? undefined;
}
