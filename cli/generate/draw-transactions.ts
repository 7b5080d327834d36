import type { Random } from '../../shared/random/random.ts';

/** How much is drawn. */
export interface TransactionPlan {
  readonly customers: number;
  readonly terminals: number;
  readonly days: number;
}

/** Columns of transactions in the order of their times; row `n` is transaction number `n`. */
export interface DrawnTransactions {
  readonly count: number;
  /** Seconds since the beginning of the first day. */
  readonly seconds: Uint32Array;
  readonly customers: Uint32Array;
  readonly terminals: Uint32Array;
  readonly cents: Uint32Array;
  /** Which fraud it is, 1 to 3; 0: none. */
  readonly scenarios: Uint8Array;
}

const daySeconds = 86_400;
const areaSide = 100;
const meanAmount = { min: 5, max: 100 } as const;
const perDayMax = 4;
const timeOfDayDeviation = 20_000;
/** Scenario 1: whatever is dearer. */
const dearCents = 22_000;
/** Scenario 2: whatever passes such a terminal from the day on which it was broken into. */
const brokenTerminals = { perDay: 2, days: 28 } as const;
/** Scenario 3: a part of what such a customer buys, and dearer, from the day of the leak on. */
const leakedCustomers = { perDay: 3, days: 14, share: 1 / 3, factor: 5 } as const;

/**
 * Draws card transactions with known fraud by the algorithm of the transaction simulator in
 * “Reproducible Machine Learning for Credit Card Fraud Detection: Practical Handbook”, chapter 3
 * (https://fraud-detection-handbook.github.io/fraud-detection-handbook/): customers and terminals
 * on a square, habits of their own, and three kinds of fraud laid over them, the later over the
 * earlier.
 *
 * @param radius within which a customer uses terminals, where the square has sides of 100.
 */
export function drawTransactions(
  { customers, terminals, days }: TransactionPlan,
  random: Random,
  radius = 5,
): DrawnTransactions {
  const near = terminalsNear(terminals, radius, random);
  const drawn: Transaction[][] = Array.from({ length: days }, () => []);
  for (let customer = 0; customer < customers; customer += 1) {
    const reach = near(random.next() * areaSide, random.next() * areaSide);
    const mean = meanAmount.min + random.next() * (meanAmount.max - meanAmount.min);
    const perDay = random.next() * perDayMax;
    for (let day = 0; day < days; day += 1) {
      for (let left = poisson(perDay, random); left > 0; left -= 1) {
        const second = Math.trunc(normal(daySeconds / 2, timeOfDayDeviation, random));
        if (second <= 0 || second >= daySeconds || reach.length === 0) continue;
        const amount = normal(mean, mean / 2, random);
        const paid = amount < 0 ? random.next() * 2 * mean : amount;
        drawn[day]?.push({
          second: day * daySeconds + second,
          customer,
          terminal: random.pick(reach),
          cents: Math.round(paid * 100),
        });
      }
    }
  }
  const inOrder = drawn.flatMap((ofDay) => ofDay.sort((a, b) => a.second - b.second));
  const columns = columnsOf(inOrder);
  addFraud(columns, { customers, terminals, days }, random);
  return columns;
}

interface Transaction {
  readonly second: number;
  readonly customer: number;
  readonly terminal: number;
  readonly cents: number;
}

function columnsOf(transactions: readonly Transaction[]): DrawnTransactions {
  const column = (of: (each: Transaction) => number) => Uint32Array.from(transactions, of);
  return {
    count: transactions.length,
    seconds: column(({ second }) => second),
    customers: column(({ customer }) => customer),
    terminals: column(({ terminal }) => terminal),
    cents: column(({ cents }) => cents),
    scenarios: new Uint8Array(transactions.length),
  };
}

/** Terminals by cells of the square as wide as the radius: only the neighbours are looked at. */
function terminalsNear(terminals: number, radius: number, random: Random) {
  const places = Array.from({ length: terminals }, (_, id) => ({
    id,
    x: random.next() * areaSide,
    y: random.next() * areaSide,
  }));
  const cellOf = (x: number, y: number) => `${Math.floor(x / radius)} ${Math.floor(y / radius)}`;
  const cells = Map.groupBy(places, ({ x, y }) => cellOf(x, y));
  return (x: number, y: number): readonly number[] => {
    const found: number[] = [];
    for (const dx of [-radius, 0, radius]) {
      for (const dy of [-radius, 0, radius]) {
        for (const place of cells.get(cellOf(x + dx, y + dy)) ?? []) {
          if (Math.hypot(place.x - x, place.y - y) < radius) found.push(place.id);
        }
      }
    }
    return found;
  };
}

function addFraud(columns: DrawnTransactions, plan: TransactionPlan, random: Random): void {
  const { count, customers, terminals, cents, scenarios } = columns;
  for (let row = 0; row < count; row += 1) if (at(cents, row) > dearCents) scenarios[row] = 1;

  const brokenOn = daysDrawn(plan.days, plan.terminals, brokenTerminals.perDay, random);
  for (const [day, broken] of brokenOn.entries()) {
    for (const row of rowsOf(columns, terminals, broken, day, brokenTerminals.days)) {
      scenarios[row] = 2;
    }
  }
  const leakedOn = daysDrawn(plan.days, plan.customers, leakedCustomers.perDay, random);
  for (const [day, leaked] of leakedOn.entries()) {
    const rows = rowsOf(columns, customers, leaked, day, leakedCustomers.days);
    const taken = Math.trunc(rows.length * leakedCustomers.share);
    for (const row of sample(rows, taken, random)) {
      cents[row] = at(cents, row) * leakedCustomers.factor;
      scenarios[row] = 3;
    }
  }
}

/** Rows of some customers, or terminals, on so many days. */
function rowsOf(
  { seconds }: DrawnTransactions,
  column: Uint32Array,
  ids: readonly number[],
  fromDay: number,
  days: number,
): readonly number[] {
  const rows: number[] = [];
  const end = firstAt(seconds, (fromDay + days) * daySeconds);
  for (let row = firstAt(seconds, fromDay * daySeconds); row < end; row += 1) {
    if (ids.includes(at(column, row))) rows.push(row);
  }
  return rows;
}

/** The first row from that second on. */
function firstAt(seconds: Uint32Array, second: number): number {
  let from = 0;
  let to = seconds.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (at(seconds, middle) < second) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** For each day so many different of `0 … population − 1`; the last day of the set has none. */
function daysDrawn(days: number, population: number, perDay: number, random: Random) {
  const all = Array.from({ length: population }, (_, id) => id);
  return Array.from({ length: Math.max(0, days - 1) }, () =>
    sample(all, Math.min(perDay, population), random),
  );
}

/** So many different items, drawn without putting back. */
function sample(items: readonly number[], count: number, random: Random): readonly number[] {
  const places = new Set<number>();
  while (places.size < count) places.add(random.integer(0, items.length - 1));
  return [...places].map((place) => items[place] ?? 0);
}

function normal(mean: number, deviation: number, random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  return mean + deviation * radius * Math.cos(2 * Math.PI * random.next());
}

/** Knuth's: as many as pass before the product of chances falls below. */
function poisson(mean: number, random: Random): number {
  const least = Math.exp(-mean);
  let count = 0;
  for (let product = random.next(); product > least; product *= random.next()) count += 1;
  return count;
}

function at(column: Uint32Array, row: number): number {
  return column[row] ?? 0;
}
