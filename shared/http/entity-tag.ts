import { createHash } from 'node:crypto';

/** A strong entity tag (RFC 9110, 8.8.3) of a body. */
export function entityTag(body: string): string {
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
}

/**
 * Whether a list of tags names this one, or any by `*`.
 *
 * @param header as If-Match (compared strongly) or If-None-Match (weakly) has it; undefined: no list.
 */
export function namesTag(
  header: string | undefined,
  etag: string,
  comparison: 'strong' | 'weak',
): boolean {
  if (header === undefined) return false;
  return header.split(',').some((each) => {
    const tag = each.trim();
    return tag === '*' || (comparison === 'weak' ? tag.replace(/^W\//, '') : tag) === etag;
  });
}
