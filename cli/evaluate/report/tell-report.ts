import { writeFile } from 'node:fs/promises';
import type { EvaluationReport } from './report.ts';
import { reportPage } from './report-page.ts';
import { reportText } from './report-text.ts';

interface Telling {
  /** File of the page; undefined: none. */
  readonly html?: string | undefined;
  readonly json: boolean;
  readonly tookMs: number;
}

/** Prints the report, and writes its page where one is wanted. */
export async function tellReport(
  report: EvaluationReport,
  { html, json, tookMs }: Telling,
): Promise<void> {
  if (html !== undefined) await writeFile(html, reportPage(report));
  if (json) {
    console.log(JSON.stringify({ ...report, tookMs }));
    return;
  }
  console.log(reportText(report));
  console.log(`\nIn ${(tookMs / 1_000).toFixed(0)} s${html === undefined ? '' : `; see ${html}`}`);
}
