/** What a check has found. */
export interface Outcome {
  /** `not checked`: there was nothing to look at, or no way to. */
  readonly status: 'ok' | 'fault' | 'not checked';
  /** What was looked at and what of it holds, in a few words; why it was not checked. */
  readonly detail: string;
  /** Some of what is at fault. */
  readonly examples?: readonly string[];
}

export interface Check {
  readonly area: 'schemas' | 'database' | 'streams' | 'lake' | 'results';
  /** What must hold. */
  readonly name: string;
  run(): Promise<Outcome>;
}

export const ok = (detail: string): Outcome => ({ status: 'ok', detail });

export const notChecked = (detail: string): Outcome => ({ status: 'not checked', detail });

export const fault = (detail: string, examples: readonly string[] = []): Outcome => ({
  status: 'fault',
  detail,
  examples,
});

export const shown = 3;

/** Counts with their noun, as a person reads them. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
