import type { ConfusionCell } from '../details.js';

/** matrix[true * classes + predicted] */
export function denseConfusion(confusion: readonly ConfusionCell[], classes: number): number[] {
  const matrix = new Array<number>(classes * classes).fill(0);
  for (const [label, predicted, rows] of confusion) matrix[label * classes + predicted] = rows;
  return matrix;
}
