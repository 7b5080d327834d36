import type { LiveSalesPulse } from '../../shared/events/live-statistics.ts';
import type { Formats } from '../format.ts';
import { element, part, setAttribute, setText, slot } from './dom.ts';
import { keyedList } from './keyed-list.ts';
import { troubleTag } from './trouble.ts';
import type { Part } from './view.ts';

type Now = LiveSalesPulse['now'];
type Gate = Now['gates'][number];
type Beat = LiveSalesPulse['recent'][number];

/** The last minute of sales, whether it is out of the ordinary, and whether that can be told. */
export function pulsePart(): Part {
  const root = part('pulse');
  const spark = slot(root, 'spark');
  const drawTrouble = troubleTag(root);
  let most = 1;
  let format: Formats;

  const drawBeats = keyedList<Beat, HTMLSpanElement>(spark, {
    key: ({ startMs }) => String(startMs),
    create: () => element('span', 'beat'),
    update(beat, { sales, closed, isSpike }) {
      beat.style.setProperty('--share', String(sales / most));
      beat.classList.toggle('open', !closed);
      beat.classList.toggle('spike', isSpike);
    },
  });
  const drawGates = keyedList<Gate, HTMLLIElement>(slot(root, 'gates'), {
    key: ({ name }) => name,
    create({ name }) {
      const item = element('li', 'gate');
      item.append(
        element('span', 'gate-name', gateNames[name]),
        ' ',
        element('span', 'gate-state'),
      );
      return item;
    },
    update(item, gate) {
      const state = item.querySelector('.gate-state');
      if (state) setText(state, gate.passed ? 'met' : 'not met');
      setAttribute(item, 'data-passed', String(gate.passed));
      setAttribute(item, 'title', gateWords(gate, format));
    },
  });

  return (view) => {
    ({ format } = view);
    const pulse = view.document.salesPulse;
    slot(root, 'empty').hidden = pulse !== null;
    slot(root, 'pulse').hidden = pulse === null;
    drawTrouble(view, ['sales-pulse']);
    setText(slot(root, 'aside'), pulse ? asideWords(pulse.now, format) : '');
    if (pulse === null) return;
    const { now, recent } = pulse;
    const state = stateOf(now);
    setText(slot(root, 'state'), state.label);
    setAttribute(slot(root, 'state'), 'data-state', state.name);
    setText(slot(root, 'sales'), format.count(now.sales));
    setText(slot(root, 'revenue'), format.moneyRounded(now.revenueCents));
    setText(slot(root, 'sellers'), format.count(now.sellers));
    const change = slot(root, 'change');
    setText(change, now.growthPercent === null ? '' : format.change(now.growthPercent));
    setAttribute(change, 'data-trend', trend(now.growthPercent ?? 0));
    setText(slot(root, 'insight'), now.insight);
    most = Math.max(1, ...recent.map(({ sales }) => sales));
    drawBeats(recent.toReversed());
    setAttribute(spark, 'aria-label', sparkWords(recent, format));
    drawGates(now.gates);
  };
}

function stateOf({ isSpike, gates, pValue }: Now): { name: string; label: string } {
  if (isSpike) return { name: 'spike', label: 'Spike' };
  if (gates.some(({ passed }) => !passed)) return { name: 'unsure', label: 'Too little to tell' };
  // The window before was empty.
  if (pValue === null) return { name: 'unsure', label: 'Too early to tell' };
  return { name: 'steady', label: 'No spike' };
}

function trend(percent: number): 'up' | 'even' | 'down' {
  if (percent === 0) return 'even';
  return percent > 0 ? 'up' : 'down';
}

const gateNames: Readonly<Record<Gate['name'], string>> = {
  sales: 'Sales',
  revenue: 'Revenue',
  sellers: 'Sellers',
  timestamps: 'Timestamps',
};

function gateWords({ name, value, limit }: Gate, format: Formats): string {
  if (name === 'revenue') return `${format.money(value)}, at least ${format.money(limit)}`;
  const write = name === 'timestamps' ? format.share : format.count;
  return `${write(value)}, at least ${write(limit)}`;
}

function asideWords({ startMs, endMs, closed }: Now, format: Formats): string {
  const span = format.duration(endMs - startMs);
  return closed ? `${span} to ${format.second(endMs)}` : `${span}, still open`;
}

/** For who cannot see the bars. */
function sparkWords(recent: readonly Beat[], format: Formats): string {
  const sales = recent.filter(({ closed }) => closed).map((beat) => beat.sales);
  const [newest] = recent;
  const oldest = recent.at(-1);
  if (!newest || !oldest || sales.length === 0) return 'No window has closed yet';
  const span = format.duration(newest.endMs - oldest.startMs);
  const range = `${format.count(Math.min(...sales))} to ${format.count(Math.max(...sales))}`;
  return `Sales per window over ${span}: ${range}`;
}
