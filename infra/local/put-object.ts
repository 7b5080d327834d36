/** Stores an object in a played bucket, from memory or from a file; a key that exists is replaced. */
export type PutObject = (
  bucket: string,
  key: string,
  content: Uint8Array | { readonly file: string },
) => Promise<void>;
