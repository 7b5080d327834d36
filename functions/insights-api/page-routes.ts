import { z } from 'zod';
import { type Answer, type Endpoint, endpoint } from '../../shared/api/endpoint.ts';
import type { Settings } from '../../shared/config/settings.ts';
import { pageHeaders } from '../../shared/http/page-headers.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { figuresAccess } from './figures-access.ts';
import { assembleLive } from './live.ts';
import type { PageFiles } from './page-files.ts';
import type { ResultsTable } from './results-table.ts';

interface PageParts {
  readonly results: ResultsTable;
  readonly page: PageFiles;
  /** ISO 4217 code of every amount. */
  readonly currency: string;
  readonly settings: Settings;
}

/** The live page: its document, itself, and its files, in which there are no figures. */
export function pageRoutes({ results, page, currency, settings }: PageParts): readonly Endpoint[] {
  function pageFile(name: string): Answer {
    const file = page.get(name);
    if (file === undefined) throw new Refusal(404, 'The page has no such file');
    const headers = { ...pageHeaders(), 'content-type': file.contentType };
    return { status: 200, headers, body: file.body };
  }

  return [
    endpoint({
      method: 'GET',
      path: '/live',
      tag: 'live page',
      summary: 'What the jobs say right now',
      access: figuresAccess(settings),
      conditional: true,
      request: z.object({}),
      answers: { 200: { description: 'The document behind the live page; see live.v2.json.' } },
      handle: async () => ({
        status: 200,
        body: assembleLive(await results.liveSections(), currency),
      }),
    }),
    endpoint({
      method: 'GET',
      path: '/dashboard',
      tag: 'live page',
      summary: 'The live page',
      access: 'anyone',
      conditional: true,
      request: z.object({}),
      answers: { 200: { description: 'HTML.' } },
      // The page names its files relative to itself, so it has one address: without a slash.
      handle: (_request, { event }) =>
        event.rawPath.endsWith('/')
          ? { status: 308, headers: { location: '../dashboard' } }
          : pageFile('index.html'),
    }),
    endpoint({
      method: 'GET',
      path: '/dashboard/{file}',
      tag: 'live page',
      summary: 'A file of the live page',
      access: 'anyone',
      conditional: true,
      request: z.object({ params: z.object({ file: z.string() }) }),
      answers: { 200: { description: 'Script, style sheet or picture.' } },
      problems: { 404: 'No such file.' },
      handle: ({ params }) => pageFile(params.file),
    }),
  ];
}
