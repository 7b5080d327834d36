import type { LiveRevenue, LiveRevenueWindow } from '../../shared/events/live-statistics.ts';
import { durationName } from '../../shared/statistics/duration-name.ts';
import type { Formats } from '../format.ts';
import { part, setAttribute, setText, slot } from './dom.ts';
import { revenueChart } from './revenue-chart.ts';
import { revenueTable, windowState } from './revenue-table.ts';
import { choiceSwitch } from './switch.ts';
import { troubleTag } from './trouble.ts';
import type { Part, View } from './view.ts';

const periodNames = new Map([
  [60_000, 'minute'],
  [3_600_000, 'hour'],
  [86_400_000, 'day'],
]);

/** Revenue and orders per window: charts with a readout of one window, or the same as a table. */
export function revenuePart(): Part {
  const root = part('revenue');
  const figure = slot(root, 'chart');
  const chart = revenueChart(figure);
  const table = revenueTable(slot(root, 'rows'));
  const drawTrouble = troubleTag(root);
  let view: View | undefined;
  let sizeMs: number | undefined;
  let pickedMs: number | undefined;

  const drawSizes = choiceSwitch(slot(root, 'sizes'), (key) => {
    sizeMs = Number(key);
    pickedMs = undefined;
    draw();
  });

  function sizes(): LiveRevenue[] {
    const { revenue = null, longerRevenue = [] } = view?.document ?? {};
    return [...(revenue ? [revenue] : []), ...longerRevenue];
  }

  const shown = () => sizes().find(({ windowMs }) => windowMs === sizeMs) ?? sizes().at(0);

  function draw(): void {
    if (view === undefined) return;
    const { format } = view;
    const revenue = shown() ?? { windowMs: 60_000, windows: [] };
    const { windows, windowMs } = revenue;
    slot(root, 'empty').hidden = windows.length > 0;
    const period = periodNames.get(windowMs) ?? format.duration(windowMs);
    drawSizes(
      sizes().map((size) => ({ key: String(size.windowMs), label: durationName(size.windowMs) })),
      String(windowMs),
    );
    const isShortest = windowMs === view.document.revenue?.windowMs;
    drawTrouble(view, [isShortest ? 'revenue' : `revenue-${durationName(windowMs)}`]);
    chart.draw(revenue, pickedMs, format);
    table(windows, windowMs, format);
    const read = windows.find((window) => window.startMs === pickedMs);
    const words =
      pickedMs !== undefined && read === undefined
        ? `${format.moment(pickedMs, windowMs)} · no orders`
        : readout(read ?? windows.at(0), windowMs, format);
    setText(slot(root, 'readout'), words);
    describe(windows, read ?? windows.at(0), `Revenue and orders per ${period}`, words);
  }

  /** To assistive technology the chart is a slider over its windows, oldest first. */
  function describe(
    windows: readonly LiveRevenueWindow[],
    read: LiveRevenueWindow | undefined,
    label: string,
    words: string,
  ): void {
    if (read === undefined) return;
    const { length } = windows;
    setAttribute(figure, 'aria-label', label);
    setAttribute(figure, 'aria-valuemax', String(length));
    setAttribute(figure, 'aria-valuenow', String(length - windows.indexOf(read)));
    setAttribute(figure, 'aria-valuetext', words);
  }

  function pick(startMs: number | undefined): void {
    pickedMs = startMs;
    draw();
  }

  figure.addEventListener('pointermove', (event) => pick(chart.windowAt(event.clientX)));
  figure.addEventListener('pointerleave', () => pick(undefined));
  figure.addEventListener('blur', () => pick(undefined));
  figure.addEventListener('keydown', (event) => {
    const next = step(shown()?.windows ?? [], pickedMs, event.key);
    if (next === undefined) return;
    event.preventDefault();
    pick(next);
  });
  for (const name of ['chart', 'table'] as const) {
    slot(root, `show-${name}`).addEventListener('click', () => show(name));
  }

  function show(name: 'chart' | 'table'): void {
    for (const each of ['chart', 'table'] as const) {
      slot(root, each).hidden = each !== name;
      slot(root, `show-${each}`).setAttribute('aria-pressed', String(each === name));
    }
    draw();
  }

  new ResizeObserver(draw).observe(figure);
  return (given) => {
    view = given;
    draw();
  };
}

/** The window an arrow key leads to; windows come newest first. */
function step(
  windows: readonly LiveRevenueWindow[],
  fromMs: number | undefined,
  key: string,
): number | undefined {
  const at = windows.findIndex((window) => window.startMs === fromMs);
  const last = windows.length - 1;
  const targets: Readonly<Record<string, number>> = {
    ArrowLeft: Math.min(last, at + 1),
    ArrowRight: at <= 0 ? 0 : at - 1,
    Home: last,
    End: 0,
  };
  return windows[targets[key] ?? -1]?.startMs;
}

function readout(window: LiveRevenueWindow | undefined, windowMs: number, format: Formats): string {
  if (window === undefined) return '';
  const orders = `${format.count(window.orders)} ${window.orders === 1 ? 'order' : 'orders'}`;
  return `${format.moment(window.startMs, windowMs)} · ${format.money(window.netCents)} · ${orders} · ${windowState(window)}`;
}
