import type { AttributeValue, Item } from 'dynalite/db/index.js';

/** Largest item, names and values together. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
export const itemBytesMax = 400 * 1024;

/** Size of an item as DynamoDB counts it: UTF-8 bytes of names and values, numbers by digits. */
export function itemBytes(item: Item): number {
  return sum(
    Object.entries(item).map(([name, value]) => Buffer.byteLength(name) + valueBytes(value)),
  );
}

function valueBytes(value: AttributeValue): number {
  const [type, content] = Object.entries(value)[0] ?? [];
  if (type === 'S') return Buffer.byteLength(String(content));
  if (type === 'N') return numberBytes(String(content));
  if (type === 'B') return Buffer.byteLength(String(content), 'base64');
  if (type === 'BOOL' || type === 'NULL') return 1;
  if (type === 'M') return 3 + itemBytes(content as Item) + Object.keys(content as Item).length;
  const members = Array.isArray(content) ? content : [];
  if (type === 'L') return 3 + sum(members.map((member) => 1 + valueBytes(member)));
  return sum(members.map((member) => valueBytes({ [type?.charAt(0) ?? 'S']: member })));
}

/** One byte per two significant digits, one for the exponent, one for a minus sign. */
function numberBytes(number: string): number {
  const digits = number.replace(/[-.]/g, '').replace(/^0+|0+$/g, '');
  return Math.ceil(digits.length / 2) + 1 + (number.startsWith('-') ? 1 : 0);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
