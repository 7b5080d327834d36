import type { CurvePoint } from './report.ts';

export interface Curve {
  readonly name: string;
  readonly points: readonly CurvePoint[];
  /** Marks its points one by one, without a line: for what has but a few. @default false */
  readonly marked?: boolean;
}

interface ChartOptions {
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** The line from corner to corner. */
  readonly diagonal?: boolean;
}

const side = 300;
const margin = { left: 52, right: 14, top: 14, bottom: 46 } as const;
const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];

/** A chart of curves on the unit square; curve `n` has the class `curve-n`. */
export function svgChart(
  curves: readonly Curve[],
  { title, xTitle, yTitle, diagonal = false }: ChartOptions,
): string {
  const width = side + margin.left + margin.right;
  const height = side + margin.top + margin.bottom;
  const x = (value: number) => round(margin.left + value * side);
  const y = (value: number) => round(margin.top + (1 - value) * side);
  const grid = ticks.map(
    (tick) =>
      `<path class="grid" d="M${x(tick)} ${y(0)}V${y(1)}M${x(0)} ${y(tick)}H${x(1)}"/>` +
      `<text x="${x(tick)}" y="${y(0) + 18}" text-anchor="middle">${tick}</text>` +
      `<text x="${x(0) - 8}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
  );
  const drawn = curves.map(({ points, marked = false }, index) => {
    if (marked) {
      return points
        .map((p) => `<circle class="mark-${index}" cx="${x(p.x)}" cy="${y(p.y)}" r="4"/>`)
        .join('');
    }
    const path = points.map((p, at) => `${at === 0 ? 'M' : 'L'}${x(p.x)} ${y(p.y)}`).join('');
    return `<path class="curve curve-${index}" d="${path}"/>`;
  });
  return `<figure><figcaption>${escapeHtml(title)}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}">
${grid.join('\n')}
${diagonal ? `<path class="diagonal" d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}"/>` : ''}
${drawn.join('\n')}
<text x="${x(0.5)}" y="${height - 8}" text-anchor="middle">${escapeHtml(xTitle)}</text>
<text transform="translate(14 ${y(0.5)}) rotate(-90)" text-anchor="middle">${escapeHtml(yTitle)}</text>
</svg></figure>`;
}

/** Text as it may stand between tags and in attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
