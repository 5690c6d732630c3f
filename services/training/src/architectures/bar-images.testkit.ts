import type { CategoryValues, VectorValues } from '@athanor/data';
import { tensor } from '@athanor/tensor';
import type { SourceColumn } from '@athanor/transforms';
import { randomWords } from '../engine/philox.js';
import type { TrainingData } from '../engine/training-data.js';
import { imageData, splitOf } from '../engine/training-data.testkit.js';
import type { RawSplit } from '../features/raw-split.js';

const SIZE = 8;

/** Colour images with a bright bar: its direction is the class. 45 training rows are five batches of 8 and one of 5. */
export function barData(): TrainingData {
  const { columns } = imageData();
  const image: SourceColumn = {
    name: 'image',
    type: { kind: 'vector', dtype: 'UINT8', shape: [SIZE, SIZE, 3] },
    role: 'input',
    nullable: false,
  };
  return { columns: [image, columns[1]!], train: bars(45, 0), validation: bars(18, 1) };
}

function bars(rows: number, stream: number): RawSplit {
  const random = randomWords(3, stream, 0);
  const codes = Int32Array.from({ length: rows }, (_, row) => row % 3);
  const pixels = new Uint8Array(rows * SIZE * SIZE * 3);
  for (let row = 0; row < rows; row++) {
    const place = 1 + (random.next() % (SIZE - 2));
    for (let y = 0; y < SIZE; y++) {
      for (let x = 0; x < SIZE; x++) {
        const isBright = [y === place, x === place, x === y][codes[row]!]!;
        for (let c = 0; c < 3; c++)
          pixels[((row * SIZE + y) * SIZE + x) * 3 + c] = (isBright ? 160 : 20) + (random.next() % 60);
      }
    }
  }
  const label: CategoryValues = { kind: 'category', codes };
  const image: VectorValues = { kind: 'vector', tensor: tensor('UINT8', [rows, SIZE, SIZE, 3], pixels) };
  return splitOf({ image, label }, rows);
}
