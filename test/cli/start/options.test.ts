import { expect, test } from 'vitest';
import { parseStartOptions } from '../../../cli/start/options.ts';
import { settings } from '../../../shared/config/settings.ts';

function figuresFor(...args: readonly string[]) {
  const options = parseStartOptions(args, '/shop');
  if (options === 'help') throw new Error('nobody asked for help');
  return settings(options.settings).figuresFor;
}

test('parseStartOptions() opens the figures of a shop on this machine, unless they are to be closed', () => {
  expect(figuresFor()).toBe('everyone');
  expect(figuresFor('--set', 'ORDER_BURST_MAX=8')).toBe('everyone');
  expect(figuresFor('--set', 'FIGURES_FOR=analysts')).toBe('analysts');
});
