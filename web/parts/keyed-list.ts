export interface KeyedList<Item, Row extends Element> {
  readonly key: (item: Item) => string;
  readonly create: (item: Item) => Row;
  readonly update: (row: Row, item: Item) => void;
}

/**
 * Keeps the children of an element equal to a list: rows stay the same elements while their item
 * stays, so focus, selection and transitions survive. Rows that come after the first drawing get
 * the class `fresh`.
 */
export function keyedList<Item, Row extends Element>(
  parent: Element,
  { key, create, update }: KeyedList<Item, Row>,
): (items: readonly Item[]) => void {
  const rows = new Map<string, Row>();
  let drawn = false;

  return (items) => {
    const keys = new Set(items.map(key));
    for (const [known, row] of rows) {
      if (keys.has(known)) continue;
      row.remove();
      rows.delete(known);
    }
    items.forEach((item, index) => {
      let row = rows.get(key(item));
      if (row === undefined) {
        row = create(item);
        if (drawn) row.classList.add('fresh');
        rows.set(key(item), row);
      }
      update(row, item);
      const standing = parent.children[index] ?? null;
      if (standing !== row) parent.insertBefore(row, standing);
    });
    drawn ||= items.length > 0;
  };
}
