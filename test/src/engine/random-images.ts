import type { ColumnValues } from '@athanor/data';
import { tensor } from '@athanor/tensor';
import type { TrainingData } from '@athanor/training/engine';

interface RandomImages {
  /** Height and width, and channels if there are several. */
  readonly shape: readonly number[];
  readonly classes: number;
  readonly rows: { readonly train: number; readonly validation: number };
}

/** UINT8 images `image` and categories `label` that have nothing to do with each other; deterministic. */
export function randomImages({ shape, classes, rows }: RandomImages): TrainingData {
  const size = shape.reduce((product, each) => product * each, 1);
  const split = (count: number, salt: number) => {
    const pixels = Uint8Array.from({ length: count * size }, (_, i) => {
      return (Math.imul(i + salt, 2_654_435_761) >>> 13) % 256;
    });
    const codes = Int32Array.from({ length: count }, (_, row) => row % classes);
    const values = new Map<string, ColumnValues>([
      ['image', { kind: 'vector', tensor: tensor('UINT8', [count, ...shape], pixels) }],
      ['label', { kind: 'category', codes }],
    ]);
    return { rows: count, values };
  };
  const categories = Array.from({ length: classes }, (_, index) => `${index}`);
  return {
    columns: [
      { name: 'image', type: { kind: 'vector', dtype: 'UINT8', shape }, role: 'input', nullable: false },
      { name: 'label', type: { kind: 'category' }, role: 'target', nullable: false, categories },
    ],
    train: split(rows.train, 1),
    validation: split(rows.validation, 77),
  };
}
