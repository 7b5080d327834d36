const control = '\u001b[';

/** Draws in place: a line is written over itself, so nothing flickers and nothing scrolls away. */
export interface Screen {
  readonly draw: (lines: readonly string[]) => void;
  /** Gives the terminal back as it was. */
  readonly leave: () => void;
}

/** @param out a terminal. */
export function openScreen(out: NodeJS.WriteStream): Screen {
  // The other screen keeps what stood in the terminal; the cursor would blink through the figures.
  out.write(`${control}?1049h${control}?25l`);
  return {
    draw(lines) {
      const rows = out.rows ?? 24;
      const shown = lines.slice(0, rows);
      const hidden = lines.length - shown.length;
      if (hidden > 0) {
        shown[rows - 1] = `… ${hidden + 1} lines more: enlarge the window, or use --once`;
      }
      const text = shown.map((line) => `${line}${control}K`).join('\n');
      out.write(`${control}H${text}${control}J`);
    },
    leave: () => void out.write(`${control}?25h${control}?1049l`),
  };
}
