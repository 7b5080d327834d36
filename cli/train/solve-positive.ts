/**
 * Solves A x = b for a symmetric positive definite A (Cholesky), of which only the lower half is
 * looked at. A pivot that rounding made too small is lifted: its unknown stays close to 0.
 *
 * @param matrix row after row; it is overwritten.
 */
export function solvePositive(matrix: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  for (let j = 0; j < size; j++) {
    for (let i = j; i < size; i++) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * size + k]! * matrix[j * size + k]!;
      if (i === j) matrix[i * size + j] = Math.sqrt(Math.max(sum, 1e-12));
      else matrix[i * size + j] = sum / matrix[j * size + j]!;
    }
  }
  const solution = right.slice();
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) solution[i] = solution[i]! - matrix[i * size + k]! * solution[k]!;
    solution[i] = solution[i]! / matrix[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) {
      solution[i] = solution[i]! - matrix[k * size + i]! * solution[k]!;
    }
    solution[i] = solution[i]! / matrix[i * size + i]!;
  }
  return solution;
}
