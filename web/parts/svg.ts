import { setAttribute } from './dom.ts';

const namespace = 'http://www.w3.org/2000/svg';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function svgElement<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  className = '',
): SVGElementTagNameMap[Name] {
  const created = document.createElementNS(namespace, name);
  if (className !== '') created.setAttribute('class', className);
  return created;
}

/** Numbers as attributes, to a hundredth of a pixel. */
export function setNumbers(target: Element, attributes: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    setAttribute(target, name, String(Math.round(value * 100) / 100));
  }
}

/** Geometry goes in as CSS properties, so that the style sheet can let it glide. */
export function placeBox(rect: SVGRectElement, box: Box | undefined): void {
  rect.style.visibility = box === undefined ? 'hidden' : 'visible';
  if (box === undefined) return;
  for (const name of ['x', 'y', 'width', 'height'] as const) {
    rect.style.setProperty(name, `${Math.round(box[name] * 100) / 100}px`);
  }
}

export function textWidth(svg: SVGSVGElement, text: string): number {
  return Number.parseFloat(getComputedStyle(svg).fontSize) * 0.58 * text.length;
}

/** The fill of what is preliminary: stripes, so that it does not tell itself by colour alone. */
export function hatch(id: string): SVGPatternElement {
  const pattern = svgElement('pattern');
  pattern.id = id;
  for (const [name, value] of Object.entries({
    width: '5',
    height: '5',
    patternUnits: 'userSpaceOnUse',
    patternTransform: 'rotate(45)',
  })) {
    pattern.setAttribute(name, value);
  }
  const stripe = svgElement('rect', 'stripe');
  setNumbers(stripe, { width: 2.5, height: 5 });
  pattern.append(stripe);
  return pattern;
}
