import type { LiveRevenueWindow } from '../../shared/events/live.ts';
import { timeTicks, valueScale } from '../chart-scale.ts';
import type { Formats } from '../format.ts';
import { setAttribute, setText } from './dom.ts';
import { keyedList } from './keyed-list.ts';

const namespace = 'http://www.w3.org/2000/svg';
const windowsShown = 60;
const margin = { top: 8, right: 4, bottom: 24 };

export interface RevenueChart {
  readonly draw: (
    windows: readonly LiveRevenueWindow[],
    windowMs: number,
    pickedMs: number | undefined,
    format: Formats,
  ) => void;
  /** Start of the window under a horizontal position of the viewport. */
  readonly windowAt: (clientX: number) => number | undefined;
}

interface Frame {
  readonly fromMs: number;
  readonly windowMs: number;
  readonly left: number;
  readonly slotWidth: number;
}

/** Bars of net revenue, one slot per window; a window without orders leaves its slot empty. */
export function revenueChart(container: HTMLElement): RevenueChart {
  const svg = container.appendChild(create('svg'));
  const defs = svg.appendChild(create('defs'));
  defs.append(hatch());
  const picked = svg.appendChild(create('rect', 'picked'));
  const grid = svg.appendChild(create('g', 'grid'));
  const times = svg.appendChild(create('g', 'times'));
  const bars = svg.appendChild(create('g', 'bars'));
  let frame: Frame | undefined;

  function draw(
    windows: readonly LiveRevenueWindow[],
    windowMs: number,
    pickedMs: number | undefined,
    format: Formats,
  ): void {
    const newest = windows.at(0);
    const { clientWidth: width, clientHeight: height } = container;
    if (newest === undefined || width === 0 || height === 0) return;
    setAttribute(svg, 'viewBox', `0 0 ${width} ${height}`);

    const toMs = newest.endMs;
    const fromMs = toMs - windowsShown * windowMs;
    const shown = windows.filter((window) => window.startMs >= fromMs);
    const plotHeight = height - margin.top - margin.bottom;
    const steps = Math.max(2, Math.min(5, Math.floor(plotHeight / 52)));
    const scale = valueScale(
      shown.map((window) => window.netCents),
      steps,
      100,
    );
    const labels = scale.ticks.map(format.moneyRounded);
    const left = Math.ceil(Math.max(...labels.map((label) => label.length)) * textWidth(svg)) + 10;
    const slotWidth = (width - left - margin.right) / windowsShown;
    frame = { fromMs, windowMs, left, slotWidth };
    const y = (cents: number) =>
      margin.top + plotHeight * (1 - (cents - scale.min) / (scale.max - scale.min));
    const x = (ms: number) => left + ((ms - fromMs) / windowMs) * slotWidth;

    drawGrid(
      scale.ticks.map((cents, i) => ({
        label: labels[i] ?? '',
        y: y(cents),
        left,
        width,
        zero: cents === 0,
      })),
    );
    const labelsMax = Math.max(2, Math.floor((width - left) / 84));
    drawTimes(
      timeTicks(fromMs, toMs, labelsMax)
        .map((ms) => ({ label: format.minute(ms), x: x(ms), y: height - 6 }))
        .filter((tick) => tick.x - left > 18 && width - tick.x > 22),
    );
    const gap = Math.min(3, slotWidth * 0.24);
    drawBars(
      shown.map((window) => ({
        key: String(window.startMs),
        closed: window.closed,
        x: x(window.startMs) + gap / 2,
        width: Math.max(1, slotWidth - gap),
        y: Math.min(y(window.netCents), y(0)),
        height: Math.abs(y(window.netCents) - y(0)),
      })),
    );
    place(
      picked,
      pickedMs === undefined
        ? undefined
        : { x: x(pickedMs), y: margin.top, width: slotWidth, height: plotHeight },
    );
  }

  const drawGrid = keyedList<GridLine, SVGGElement>(grid, {
    key: ({ label }) => label,
    create() {
      const line = create('g');
      line.append(create('line'), create('text'));
      return line;
    },
    update(row, { label, y, left, width, zero }) {
      const [line, text] = row.children;
      if (!line || !text) return;
      row.setAttribute('class', zero ? 'zero' : '');
      set(line, { x1: left, x2: width, y1: y, y2: y });
      set(text, { x: left - 8, y });
      setText(text, label);
    },
  });

  const drawTimes = keyedList<{ label: string; x: number; y: number }, SVGTextElement>(times, {
    key: ({ label }) => label,
    create: () => create('text'),
    update(text, { label, x, y }) {
      set(text, { x, y });
      setText(text, label);
    },
  });

  const drawBars = keyedList<Bar, SVGRectElement>(bars, {
    key: ({ key }) => key,
    create: () => create('rect'),
    update(rect, bar) {
      rect.setAttribute('class', bar.closed ? 'bar' : 'bar open');
      place(rect, bar);
    },
  });

  function windowAt(clientX: number): number | undefined {
    if (frame === undefined) return undefined;
    const { fromMs, windowMs, left, slotWidth } = frame;
    const index = Math.floor((clientX - container.getBoundingClientRect().left - left) / slotWidth);
    return index < 0 || index >= windowsShown ? undefined : fromMs + index * windowMs;
  }

  return { draw, windowAt };
}

interface Bar extends Box {
  readonly key: string;
  readonly closed: boolean;
}

interface GridLine {
  readonly label: string;
  readonly y: number;
  readonly left: number;
  readonly width: number;
  readonly zero: boolean;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function create<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  className = '',
): SVGElementTagNameMap[Name] {
  const created = document.createElementNS(namespace, name);
  if (className !== '') created.setAttribute('class', className);
  return created;
}

function set(target: Element, attributes: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    setAttribute(target, name, String(Math.round(value * 100) / 100));
  }
}

/** Geometry goes in as CSS properties, so that the style sheet can let it glide. */
function place(rect: SVGRectElement, box: Box | undefined): void {
  rect.style.visibility = box === undefined ? 'hidden' : 'visible';
  if (box === undefined) return;
  for (const name of ['x', 'y', 'width', 'height'] as const) {
    rect.style.setProperty(name, `${Math.round(box[name] * 100) / 100}px`);
  }
}

function textWidth(svg: SVGSVGElement): number {
  return Number.parseFloat(getComputedStyle(svg).fontSize) * 0.58;
}

/** The fill of an open window: stripes, so that it does not tell itself by colour alone. */
function hatch(): SVGPatternElement {
  const pattern = create('pattern');
  pattern.id = 'hatch';
  for (const [name, value] of Object.entries({
    width: '5',
    height: '5',
    patternUnits: 'userSpaceOnUse',
    patternTransform: 'rotate(45)',
  })) {
    pattern.setAttribute(name, value);
  }
  const stripe = create('rect', 'stripe');
  set(stripe, { width: 2.5, height: 5 });
  pattern.append(stripe);
  return pattern;
}
