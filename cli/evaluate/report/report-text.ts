import { alignedLines } from '../../aligned-lines.ts';
import type { Interval } from '../metrics/bootstrap-interval.ts';
import type { EvaluationReport, Figures, PatternRow, RuleRow } from './report.ts';

/** The report for a terminal. */
export function reportText(report: EvaluationReport): string {
  const parts = [
    report.title,
    alignedLines(report.about.map(([what, value]) => [`  ${what}`, value])),
    figuresTable(report.figures),
    patternTable(report.patterns),
    ruleTable(report.rules),
    report.importance.length === 0
      ? ''
      : `Looked at most: ${report.importance.map(({ feature, share }) => `${feature} ${percent(share)}`).join(', ')}`,
    report.notes.join('\n'),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** Columns of the table of figures: what each is called, and how it is written. */
export const figureColumns: readonly (readonly [string, (figures: Figures) => string])[] = [
  ['', ({ name }) => name],
  ['AP', ({ averagePrecision }) => places(averagePrecision)],
  ['95 %', ({ averagePrecisionInterval: range }) => rangeText(range)],
  ['ROC-AUC', (figures) => places(figures.rocAuc)],
  ['CP@100', ({ cardPrecision }) => places(cardPrecision)],
  ['recall at 1 % FPR', ({ atOnePercent }) => places(atOnePercent?.recall)],
  ['threshold', ({ atThreshold }) => places(atThreshold.threshold)],
  ['precision', ({ atThreshold }) => places(atThreshold.precision)],
  ['recall', ({ atThreshold }) => places(atThreshold.recall)],
  ['FPR', ({ atThreshold }) => places(atThreshold.falsePositiveRate, 4)],
  ['Brier', ({ calibration }) => places(calibration?.brier, 4)],
  ['ECE', ({ calibration }) => places(calibration?.expectedError, 4)],
];

function figuresTable(figures: readonly Figures[]): string {
  return alignedLines([
    figureColumns.map(([name]) => name),
    ...figures.map((each) => figureColumns.map(([, of]) => of(each))),
  ]);
}

function patternTable(patterns: readonly PatternRow[]): string {
  const [first] = patterns;
  if (first === undefined) return '';
  return alignedLines([
    ['Found at the threshold', 'frauds', ...first.found.map(({ by }) => by)],
    ...patterns.map(({ pattern, frauds, found }) => [
      pattern,
      String(frauds),
      ...found.map(({ count }) => foundText(count, frauds)),
    ]),
  ]);
}

function ruleTable(rules: readonly RuleRow[]): string {
  if (rules.length === 0) return '';
  return alignedLines([
    ['Rule', 'fires', 'of them fraud'],
    ...rules.map(({ rule, fires, frauds }) => [rule, String(fires), foundText(frauds, fires)]),
  ]);
}

export function foundText(count: number, of: number): string {
  return `${count} (${percent(count / Math.max(1, of))})`;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

function rangeText(range: Interval | null): string {
  return range === null ? '–' : `${places(range.low)} to ${places(range.high)}`;
}

function places(value: number | null | undefined, digits = 3): string {
  return value == null ? '–' : value.toFixed(digits);
}
