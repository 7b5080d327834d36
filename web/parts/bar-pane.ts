import type { ValueScale } from '../chart-scale.ts';
import { setText } from './dom.ts';
import { keyedList } from './keyed-list.ts';
import { type Box, placeBox, setNumbers, svgElement } from './svg.ts';

export interface PaneBar {
  readonly startMs: number;
  readonly value: number;
  readonly closed: boolean;
}

/** Where a pane stands in its chart, and how it maps time and values. */
export interface PaneFrame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly height: number;
  readonly slotWidth: number;
  readonly scale: ValueScale;
  readonly x: (startMs: number) => number;
  readonly label: (value: number) => string;
}

/** One measure over time: bars on a grid of its own; panes of a chart share the axis of time. */
export function barPane(
  svg: SVGSVGElement,
  name: string,
): (bars: readonly PaneBar[], frame: PaneFrame) => void {
  const pane = svg.appendChild(svgElement('g', name));
  const drawGrid = keyedList<GridLine, SVGGElement>(pane.appendChild(svgElement('g', 'grid')), {
    key: ({ label }) => label,
    create() {
      const line = svgElement('g');
      line.append(svgElement('line'), svgElement('text'));
      return line;
    },
    update(row, { label, y, left, right, zero }) {
      const [line, text] = row.children;
      if (!line || !text) return;
      row.setAttribute('class', zero ? 'zero' : '');
      setNumbers(line, { x1: left, x2: right, y1: y, y2: y });
      setNumbers(text, { x: left - 8, y });
      setText(text, label);
    },
  });
  const drawBars = keyedList<Bar, SVGRectElement>(pane.appendChild(svgElement('g', 'bars')), {
    key: ({ key }) => key,
    create: () => svgElement('rect'),
    update(rect, bar) {
      rect.setAttribute('class', bar.closed ? 'bar' : 'bar open');
      placeBox(rect, bar);
    },
  });

  return (bars, { left, right, top, height, slotWidth, scale, x, label }) => {
    const y = (value: number) => top + height * (1 - (value - scale.min) / (scale.max - scale.min));
    drawGrid(
      scale.ticks.map((value) => ({
        label: label(value),
        y: y(value),
        left,
        right,
        zero: value === 0,
      })),
    );
    const gap = Math.min(3, slotWidth * 0.24);
    drawBars(
      bars.map(({ startMs, value, closed }) => ({
        key: String(startMs),
        closed,
        x: x(startMs) + gap / 2,
        width: Math.max(1, slotWidth - gap),
        y: Math.min(y(value), y(0)),
        height: Math.abs(y(value) - y(0)),
      })),
    );
  };
}

interface Bar extends Box {
  readonly key: string;
  readonly closed: boolean;
}

interface GridLine {
  readonly label: string;
  readonly y: number;
  readonly left: number;
  readonly right: number;
  readonly zero: boolean;
}
