import { alignedLines } from '../aligned-lines.ts';
import type { Check, Outcome } from './check.ts';

/** What became of a check; `failed` when it could not be made. */
export interface Finding extends Omit<Outcome, 'status'> {
  readonly area: Check['area'];
  readonly check: string;
  readonly status: Outcome['status'] | 'failed';
}

/** Makes every check, one after the other; one that cannot be made keeps no other from it. */
export async function runChecks(
  checks: readonly Check[],
  told: (finding: Finding) => void = () => {},
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { area, name: check, run } of checks) {
    const finding: Finding = await run().then(
      (outcome) => ({ area, check, ...outcome }),
      (error: unknown) => {
        const detail = error instanceof Error ? error.message : String(error);
        return { area, check, status: 'failed', detail };
      },
    );
    findings.push(finding);
    told(finding);
  }
  return findings;
}

/** One line for a check, with what is at fault below it. */
export function findingText({ area, check, status, detail, examples = [] }: Finding): string {
  const line = alignedLines([[status.padEnd(11), area.padEnd(8), `${check}: ${detail}`]]);
  return [line, ...examples.map((example) => `             ${example}`)].join('\n');
}

/** 1 for a fault, 2 where a check could not be made, 0 otherwise. */
export function exitCodeOf(findings: readonly Finding[]): number {
  if (findings.some(({ status }) => status === 'fault')) return 1;
  return findings.some(({ status }) => status === 'failed') ? 2 : 0;
}
