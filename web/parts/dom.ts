/** An element with a class and text. Text is always set as text, never as markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className = '',
  text = '',
): HTMLElementTagNameMap[Name] {
  const created = document.createElement(name);
  if (className !== '') created.className = className;
  if (text !== '') created.textContent = text;
  return created;
}

/** The place in the page's markup that a part fills. */
export function slot(root: ParentNode, name: string): HTMLElement {
  return find(root, `[data-slot="${name}"]`);
}

/** The section of the page that a part owns. */
export function part(name: string): HTMLElement {
  return find(document, `[data-part="${name}"]`);
}

function find(root: ParentNode, selector: string): HTMLElement {
  const found = root.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`Cannot draw page: no element matches ${selector}`);
  return found;
}

/** Sets text only where it differs, so that selections live and nothing flickers. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** Sets an attribute only where it differs. */
export function setAttribute(target: Element, name: string, value: string): void {
  if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}
