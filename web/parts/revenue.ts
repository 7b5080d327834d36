import type { LiveRevenueWindow } from '../../shared/events/live.ts';
import type { Formats } from '../format.ts';
import { part, setAttribute, setText, slot } from './dom.ts';
import { revenueChart } from './revenue-chart.ts';
import { revenueTable, windowState } from './revenue-table.ts';
import type { Part, View } from './view.ts';

/** Revenue per window: a chart with a readout of one window, or the same as a table. */
export function revenuePart(): Part {
  const root = part('revenue');
  const figure = slot(root, 'chart');
  const chart = revenueChart(figure);
  const table = revenueTable(slot(root, 'rows'));
  let view: View | undefined;
  let pickedMs: number | undefined;

  function draw(): void {
    if (view === undefined) return;
    const { document, format } = view;
    const windows = document.revenue?.windows ?? [];
    const windowMs = document.revenue?.windowMs ?? 60_000;
    slot(root, 'empty').hidden = windows.length > 0;
    setText(
      slot(root, 'title'),
      `Revenue per ${windowMs === 60_000 ? 'minute' : format.duration(windowMs)}`,
    );
    chart.draw(windows, windowMs, pickedMs, format);
    table(windows, format);
    const read = windows.find((window) => window.startMs === pickedMs);
    const words =
      pickedMs !== undefined && read === undefined
        ? `${format.minute(pickedMs)} · no orders`
        : readout(read ?? windows.at(0), format);
    setText(slot(root, 'readout'), words);
    describe(windows, read ?? windows.at(0), words);
  }

  /** To assistive technology the chart is a slider over its windows, oldest first. */
  function describe(
    windows: readonly LiveRevenueWindow[],
    read: LiveRevenueWindow | undefined,
    words: string,
  ): void {
    if (read === undefined) return;
    const { length } = windows;
    setAttribute(figure, 'aria-label', slot(root, 'title').textContent);
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
    const windows = view?.document.revenue?.windows ?? [];
    const next = step(windows, pickedMs, event.key);
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

function readout(window: LiveRevenueWindow | undefined, format: Formats): string {
  if (window === undefined) return '';
  const orders = `${format.count(window.orders)} ${window.orders === 1 ? 'order' : 'orders'}`;
  return `${format.minute(window.startMs)} · ${format.money(window.netCents)} · ${orders} · ${windowState(window)}`;
}
