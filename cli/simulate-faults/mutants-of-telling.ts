import { calm, type Mutant, patch } from './mutant.ts';

/** Safeguards of what windows look back at, of what they say as they close, and of silent sessions. */
export const mutantsOfTelling: readonly Mutant[] = [
  {
    name: 'looked-back-at',
    without: 'a window is told for what it looks back at',
    kind: 'windowed',
    where: { lookback: 300 },
    by: patch('close/due-windows.ts', [
      'const last = lastUseOf(window, pane);',
      'const last = lastUseOf(window, pane) - window.lookbackMs;',
    ]),
  },
  {
    name: 'before',
    without: 'what lies before a window counts as before it',
    kind: 'windowed',
    where: { lookback: 300 },
    by: patch('close/close.ts', ['parts.slice(own)', 'parts.slice(own - 1)']),
  },
  {
    name: 'lookback-lives',
    without: 'rule 9: a pane is needed until the last window that looks back at it is final',
    kind: 'windowed',
    where: { lookback: 300 },
    by: patch('commit/commit.ts', [
      'lastUseOf(window, pane) > this.#doneMs',
      'lastUseOf(window, pane) - window.lookbackMs > this.#doneMs',
    ]),
  },
  {
    name: 'closing-open',
    without: 'a window that is open raises no alarm',
    kind: 'windowed',
    where: { alarms: true, preliminary: true },
    by: patch('close/results.ts', ['if (closed && (isNews', 'if (closed || (isNews']),
  },
  {
    name: 'closing-unseen',
    without: 'a window that had shown everything says what it has to say as it closes',
    kind: 'windowed',
    where: { alarms: true, preliminary: true },
    by: patch('close/results.ts', ['(isNews || !told.closed)', 'isNews']),
  },
  {
    name: 'closing-revised',
    without: 'a closed window that is revised says anew what it has to say',
    kind: 'windowed',
    where: { ...calm, alarms: true, lateness: 130, beyond: 150 },
    by: patch('close/results.ts', ['(isNews || !told.closed)', '!told.closed']),
  },
  {
    name: 'closing-outbox',
    without:
      'what a closed window says goes with its result, not only from the memory of who told it',
    kind: 'windowed',
    where: { alarms: true },
    by: patch('close/results.ts', [
      'for (const emission of emissions) {',
      'for (const emission of emissions.filter(({ type }) => type === job.type)) {',
    ]),
  },
  {
    name: 'untold-sessions',
    without: 'a session that has nothing to tell takes no revision',
    kind: 'session',
    where: { silence: true, lateness: 50_000 },
    by: patch('commit/session-effects.ts', [
      'revision: one.revision - 1',
      'revision: one.revision',
    ]),
  },
  {
    name: 'taken-back',
    without: 'a session that was told and has nothing to tell any more is taken back',
    kind: 'session',
    where: { silence: true, lateness: 50_000, beyond: 400 },
    by: patch('commit/session-effects.ts', [
      'data === undefined && revision === 1 && supersedes.length === 0',
      'data === undefined',
    ]),
  },
];
