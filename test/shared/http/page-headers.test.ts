import { expect, test } from 'vitest';
import { pageHeaders } from '../../../shared/http/page-headers.ts';

test('pageHeaders() lets a page load its own files only, and more where it is told', () => {
  const own = pageHeaders()['content-security-policy'].split('; ');
  expect(own).toContain("default-src 'none'");
  expect(own).toContain("style-src 'self'");
  expect(own).toContain("img-src 'self'");
  const more = pageHeaders({ styles: "'unsafe-inline'", images: 'data:' });
  const policy = more['content-security-policy'].split('; ');
  expect(policy).toContain("style-src 'self' 'unsafe-inline'");
  expect(policy).toContain("img-src 'self' data:");
  expect(policy).toContain("script-src 'self'");
});
