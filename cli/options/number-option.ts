export interface NumberBounds {
  readonly min?: number;
  readonly max?: number;
  readonly isWhole?: boolean;
}

/**
 * The number that an option says.
 *
 * @param command what cannot be done without it, as in "simulate shoppers".
 * @throws RangeError that names the option and what it may be.
 */
export function numberOption(
  command: string,
  name: string,
  text: string,
  { min = 0, max = Number.MAX_SAFE_INTEGER, isWhole = false }: NumberBounds = {},
): number {
  const value = /^\s*$/.test(text) ? Number.NaN : Number(text);
  if (value >= min && value <= max && (!isWhole || Number.isSafeInteger(value))) return value;
  const from = min === Number.MIN_VALUE ? 'above 0' : `from ${min}`;
  const to = max === Number.MAX_SAFE_INTEGER ? ' on' : ` to ${max}`;
  const bounds =
    min === Number.MIN_VALUE ? (to === ' on' ? from : `${from} and up${to}`) : from + to;
  throw new RangeError(
    `Cannot ${command}: ${name} must be a ${isWhole ? 'whole ' : ''}number ${bounds}: received ${JSON.stringify(text)}`,
  );
}
