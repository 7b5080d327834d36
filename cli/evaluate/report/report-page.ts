import type { EvaluationReport } from './report.ts';
import { figureColumns, foundText, percent } from './report-text.ts';
import { escapeHtml, svgChart } from './svg-chart.ts';

const colours = {
  light: ['#0b5fff', '#c2410c', '#15803d'],
  dark: ['#7aa7ff', '#fb9a5b', '#5ddb8a'],
};

const style = `
:root { color-scheme: light dark; --text: #1b1f27; --soft: #5b6472; --line: #d9dde4; --page: #fff }
@media (prefers-color-scheme: dark) {
  :root { --text: #e7eaf0; --soft: #a3adbb; --line: #39414d; --page: #14181e }
}
* { box-sizing: border-box }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page);
  max-width: 1240px; margin: 0 auto; padding: 24px 16px 48px }
h1 { font-size: 1.6rem } h2 { font-size: 1.15rem; margin-top: 2rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px } dt { color: var(--soft) }
dd { margin: 0 }
.wide { overflow-x: auto } table { border-collapse: collapse }
th, td { padding: 4px 12px 4px 0; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line) }
th:first-child, td:first-child { text-align: left } th { color: var(--soft); font-weight: 600 }
.charts { display: flex; flex-wrap: wrap; gap: 16px } figure { margin: 0; flex: 1 1 300px; max-width: 380px }
figcaption { font-weight: 600 } svg { width: 100%; height: auto }
svg text { font-size: 12px; fill: var(--soft) } .grid { stroke: var(--line); fill: none }
.diagonal { stroke: var(--soft); stroke-dasharray: 4 4; fill: none }
.curve { fill: none; stroke-width: 2 }
.key { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 6px }
${colourRules('light')}
@media (prefers-color-scheme: dark) { ${colourRules('dark')} }
`;

function colourRules(theme: keyof typeof colours): string {
  return colours[theme]
    .map(
      (colour, index) =>
        `.curve-${index} { stroke: ${colour} } .mark-${index} { fill: ${colour} } .key-${index} { background: ${colour} }`,
    )
    .join('\n');
}

/** The report as one page that needs nothing else: no script, no font, no address. */
export function reportPage(report: EvaluationReport): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(report.title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escapeHtml(report.title)}</h1>
<dl>${report.about.map(([what, value]) => `<dt>${escapeHtml(what)}</dt><dd>${escapeHtml(value)}</dd>`).join('\n')}</dl>
${figures(report)}
${charts(report)}
${patterns(report)}
${rules(report)}
${importance(report)}
${report.notes.map((note) => `<p>${escapeHtml(note)}</p>`).join('\n')}
</body>
</html>
`;
}

function figures(report: EvaluationReport): string {
  const rows = report.figures.map((each, index) =>
    figureColumns.map(([, of], column) =>
      column === 0 ? `<span class="key key-${index}"></span>${escapeHtml(of(each))}` : of(each),
    ),
  );
  return `<h2>Held-out figures</h2>${table(
    figureColumns.map(([name]) => name),
    rows,
  )}`;
}

function charts({ figures: all }: EvaluationReport): string {
  return `<h2>Curves</h2><div class="charts">
${svgChart(
  all.map(({ name, precisionRecall: points }) => ({ name, points })),
  { title: 'Precision and recall', xTitle: 'recall', yTitle: 'precision' },
)}
${svgChart(
  all.map(({ name, roc: points }) => ({ name, points })),
  { title: 'ROC', xTitle: 'false positive rate', yTitle: 'true positive rate', diagonal: true },
)}
${svgChart(
  all.map(({ name, reliability: points }) => ({ name, points, marked: true })),
  { title: 'Calibration', xTitle: 'mean score', yTitle: 'share of fraud', diagonal: true },
)}
</div>`;
}

function patterns({ patterns: rows }: EvaluationReport): string {
  const [first] = rows;
  if (first === undefined) return '';
  return `<h2>Found at the threshold, by pattern</h2>${table(
    ['pattern', 'frauds', ...first.found.map(({ by }) => escapeHtml(by))],
    rows.map(({ pattern, frauds, found }) => [
      escapeHtml(pattern),
      String(frauds),
      ...found.map(({ count }) => foundText(count, frauds)),
    ]),
  )}`;
}

function rules({ rules: rows }: EvaluationReport): string {
  if (rows.length === 0) return '';
  return `<h2>Rules</h2>${table(
    ['rule', 'fires', 'of them fraud'],
    rows.map(({ rule, fires, frauds }) => [
      escapeHtml(rule),
      String(fires),
      foundText(frauds, fires),
    ]),
  )}`;
}

function importance({ importance: features }: EvaluationReport): string {
  if (features.length === 0) return '';
  return `<h2>What the model looks at most</h2>${table(
    ['feature', 'share'],
    features.map(({ feature, share }) => [escapeHtml(feature), percent(share)]),
  )}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, texts: readonly string[]) =>
    texts.map((text) => `<${tag}>${text}</${tag}>`).join('');
  return `<div class="wide"><table><thead><tr>${cells('th', head)}</tr></thead>
<tbody>${rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n')}</tbody></table></div>`;
}
