import type { TrainingData } from '../../../cli/train/training-data.ts';
import { createRandom } from '../../../shared/random/random.ts';

/**
 * Rows of which the second and third feature say something only together, the fourth by being
 * missing, and the rest nothing.
 */
export function madeUpRows(count: number, seed: number): TrainingData {
  const random = createRandom(seed);
  const names = ['count', 'amount', 'age', 'country', 'noise'];
  const columns = names.map(() => new Float32Array(count));
  const labels = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    const [orders, amount, age] = [random.integer(0, 9), 100 * random.next(), 50 * random.next()];
    const isUnknown = random.chance(0.2);
    const margin = -4 + 0.3 * orders + (amount > 60 && age < 15 ? 4 : 0) + (isUnknown ? 1.5 : 0);
    const values = [orders, amount, age, isUnknown ? Number.NaN : random.integer(1, 5)];
    [...values, random.next()].forEach((value, index) => {
      columns[index]![row] = value;
    });
    labels[row] = random.chance(1 / (1 + Math.exp(-margin))) ? 1 : 0;
  }
  return { names, columns, labels };
}
