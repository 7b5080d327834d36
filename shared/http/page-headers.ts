/** Beyond a page's own files: where else its styles and its pictures may come from. */
interface PageSources {
  readonly styles?: "'unsafe-inline'";
  readonly images?: 'data:';
}

/**
 * Headers of a page that loads nothing but what it was served with, is framed by nobody, and tells
 * no other site where its reader came from.
 */
export function pageHeaders({ styles, images }: PageSources = {}) {
  const from = (...sources: readonly (string | undefined)[]): string =>
    ["'self'", ...sources].filter((source) => source !== undefined).join(' ');
  return {
    'content-security-policy': [
      "default-src 'none'",
      `script-src ${from()}`,
      `style-src ${from(styles)}`,
      `img-src ${from(images)}`,
      `connect-src ${from()}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'referrer-policy': 'no-referrer',
  };
}
