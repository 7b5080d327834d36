import type { Page } from 'playwright-core';

/**
 * Every visible text on the page whose contrast with the ground it stands on is below 4.5, the least
 * of WCAG 2.2 level AA (https://www.w3.org/TR/WCAG22/#contrast-minimum).
 */
export function lowContrast(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    type Colour = readonly [number, number, number, number];
    const contrastMin = 4.5;

    function parse(colour: string): Colour {
      const numbers = (colour.match(/[\d.]+/g) ?? []).map(Number);
      const [red = 0, green = 0, blue = 0, alpha = 1] = numbers;
      return [red, green, blue, alpha];
    }

    function over(top: Colour, below: Colour): Colour {
      const mix = (index: 0 | 1 | 2) => top[index] * top[3] + below[index] * (1 - top[3]);
      return [mix(0), mix(1), mix(2), 1];
    }

    function ground(start: Element | null): Colour {
      if (start === null) return [255, 255, 255, 1];
      const colour = parse(getComputedStyle(start).backgroundColor);
      return colour[3] === 1 ? colour : over(colour, ground(start.parentElement));
    }

    function luminance(colour: Colour): number {
      const linear = (index: 0 | 1 | 2) => {
        const share = colour[index] / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      };
      return 0.2126 * linear(0) + 0.7152 * linear(1) + 0.0722 * linear(2);
    }

    function contrast(one: Colour, other: Colour): number {
      const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
      return (light + 0.05) / (dark + 0.05);
    }

    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const words = node.textContent?.trim() ?? '';
      const holder = node.parentElement;
      if (words === '' || holder === null || !holder.checkVisibility()) continue;
      const style = getComputedStyle(holder);
      const isDrawing = holder instanceof SVGElement;
      const below = ground(isDrawing ? holder.closest('.panel') : holder);
      const ratio = contrast(over(parse(isDrawing ? style.fill : style.color), below), below);
      if (ratio < contrastMin) found.push(`${ratio.toFixed(2)}: "${words}"`);
    }
    return found;
  });
}
