import type { LiveRevenue, LiveRevenueWindow } from '../../shared/events/live-statistics.ts';
import { timeTicks, valueScale } from '../chart-scale.ts';
import type { Formats } from '../format.ts';
import { barPane, type PaneBar } from './bar-pane.ts';
import { setAttribute, setText } from './dom.ts';
import { keyedList } from './keyed-list.ts';
import { hatch, placeBox, setNumbers, svgElement, textWidth } from './svg.ts';

const usualWindows = 60;
const margin = { top: 8, right: 4, bottom: 24 };
/** Between the panes, so that their outer labels do not touch. */
const paneGap = 18;
const ordersShare = 0.3;

export interface RevenueChart {
  readonly draw: (revenue: LiveRevenue, pickedMs: number | undefined, format: Formats) => void;
  /** Start of the window under a horizontal position of the viewport. */
  readonly windowAt: (clientX: number) => number | undefined;
}

interface Frame {
  readonly fromMs: number;
  readonly windowMs: number;
  readonly slots: number;
  readonly left: number;
  readonly slotWidth: number;
}

/**
 * Bars of net revenue above bars of orders, one slot per window; a window without orders leaves its
 * slot empty.
 */
export function revenueChart(container: HTMLElement): RevenueChart {
  const svg = container.appendChild(svgElement('svg'));
  svg.appendChild(svgElement('defs')).append(hatch('hatch'), hatch('hatch-orders'));
  const picked = svg.appendChild(svgElement('rect', 'picked'));
  const drawRevenue = barPane(svg, 'net');
  const drawOrders = barPane(svg, 'orders-pane');
  const times = svg.appendChild(svgElement('g', 'times'));
  let frame: Frame | undefined;

  function draw(
    { windows, windowMs, windowsMax: slots = usualWindows }: LiveRevenue,
    pickedMs: number | undefined,
    format: Formats,
  ): void {
    const newest = windows.at(0);
    const { clientWidth: width, clientHeight: height } = container;
    if (newest === undefined || width === 0 || height === 0) return;
    setAttribute(svg, 'viewBox', `0 0 ${width} ${height}`);

    const toMs = newest.endMs;
    const fromMs = toMs - slots * windowMs;
    const shown = windows.filter((window) => window.startMs >= fromMs);
    const plotHeight = height - margin.top - margin.bottom;
    const ordersHeight = Math.max(24, (plotHeight - paneGap) * ordersShare);
    const netHeight = plotHeight - paneGap - ordersHeight;
    const net = valueScale(valuesOf(shown, 'netCents'), stepsIn(netHeight), 100);
    const orders = valueScale(valuesOf(shown, 'orders'), stepsIn(ordersHeight), 1);
    const labels = [...net.ticks.map(format.moneyRounded), ...orders.ticks.map(format.count)];
    const left = Math.ceil(Math.max(...labels.map((label) => textWidth(svg, label)))) + 10;
    const slotWidth = (width - left - margin.right) / slots;
    frame = { fromMs, windowMs, slots, left, slotWidth };
    const x = (ms: number) => left + ((ms - fromMs) / windowMs) * slotWidth;

    const common = { left, right: width, slotWidth, x };
    drawRevenue(barsOf(shown, 'netCents'), {
      ...common,
      top: margin.top,
      height: netHeight,
      scale: net,
      label: format.moneyRounded,
    });
    drawOrders(barsOf(shown, 'orders'), {
      ...common,
      top: margin.top + netHeight + paneGap,
      height: ordersHeight,
      scale: orders,
      label: format.count,
    });
    const labelsMax = Math.max(2, Math.floor((width - left) / 84));
    drawTimes(
      timeTicks(fromMs, toMs, labelsMax)
        .map((ms) => ({ ms, label: format.moment(ms, windowMs), x: x(ms), y: height - 6 }))
        .filter((tick) => tick.x - left > 18 && width - tick.x > 22),
    );
    placeBox(
      picked,
      pickedMs === undefined
        ? undefined
        : { x: x(pickedMs), y: margin.top, width: slotWidth, height: plotHeight },
    );
  }

  const drawTimes = keyedList<TimeLabel, SVGTextElement>(times, {
    key: ({ ms }) => String(ms),
    create: () => svgElement('text'),
    update(text, { label, x, y }) {
      setNumbers(text, { x, y });
      setText(text, label);
    },
  });

  function windowAt(clientX: number): number | undefined {
    if (frame === undefined) return undefined;
    const { fromMs, windowMs, slots, left, slotWidth } = frame;
    const index = Math.floor((clientX - container.getBoundingClientRect().left - left) / slotWidth);
    return index < 0 || index >= slots ? undefined : fromMs + index * windowMs;
  }

  return { draw, windowAt };
}

interface TimeLabel {
  readonly ms: number;
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

type Measure = 'netCents' | 'orders';

function valuesOf(windows: readonly LiveRevenueWindow[], measure: Measure): number[] {
  return windows.map((window) => window[measure]);
}

function barsOf(windows: readonly LiveRevenueWindow[], measure: Measure): PaneBar[] {
  return windows.map((window) => ({
    startMs: window.startMs,
    value: window[measure],
    closed: window.closed,
  }));
}

/** So many that the labels have room. */
function stepsIn(height: number): number {
  return Math.max(1, Math.min(5, Math.floor(height / 40)));
}
