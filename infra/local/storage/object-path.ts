import { AwsError } from '../service.ts';

/** Room for the endings that fauxqs and the write in two steps add to a file's name of 255 bytes. */
const segmentBytesMax = 235;

/**
 * The file of an object below its bucket's folder, without ending: `/` separates folders, what some
 * file system forbids is percent-encoded. The same mapping as fauxqs has.
 */
export function objectPath(key: string): string {
  return refused(key)
    .split('')
    .map((character) => (isForbidden(character) ? encoded(character) : character))
    .join('');
}

function isForbidden(character: string): boolean {
  return character < ' ' || '<>:"|?*\\%'.includes(character);
}

function encoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** Keys that would leave the bucket's folder, share a file with another key, or fit no file name. */
function refused(key: string): string {
  const segments = key.split('/');
  const inner = segments.at(-1) === '' ? segments.slice(0, -1) : segments;
  const isUnfit = inner.some(
    (segment) =>
      segment === '' ||
      segment === '.' ||
      segment === '..' ||
      Buffer.byteLength(segment) > segmentBytesMax,
  );
  if (inner.length === 0 || isUnfit) {
    throw new AwsError(
      'InvalidArgument',
      `Cannot keep object: its key has a part that names no file here (empty, "." or "..", or longer than ${segmentBytesMax} bytes): received ${key}`,
    );
  }
  return key;
}
