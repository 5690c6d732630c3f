import type { VectorValues } from '@athanor/data';
import { tensor } from '@athanor/tensor';
import { expect, onTestFinished, test } from 'vitest';
import { encode, fit, open, parametersOf } from './encode.testkit.js';
import { image } from './image.js';
import type { SourceColumn, Transform } from './transform.js';

const column: SourceColumn = {
  ...{ name: 'image', role: 'input', nullable: false },
  type: { kind: 'vector', dtype: 'UINT8', shape: [2, 2, 3] },
};
const MEANS = [0.485, 0.456, 0.406];
const DEVIATIONS = [0.229, 0.224, 0.225];

test('the means and deviations of another model take the place of those of the training split', async () => {
  const pixels = Uint8Array.from({ length: 24 }, (_, i) => (i * 37) % 256);
  const values: VectorValues = { kind: 'vector', tensor: tensor('UINT8', [2, 2, 2, 3], pixels) };
  const parameters = parametersOf('image', { means: MEANS, deviations: DEVIATIONS });
  const transform = image as Transform;
  expect(transform.accepts([column], parameters)).toBe(true);
  const session = await open(transform, [column], fit(transform, { columns: [column], parameters }, [values]));
  onTestFinished(() => session.release());
  const { data, shape } = await encode(session, [column], [values]);
  expect(shape).toEqual([2, 3, 2, 2]);
  for (let i = 0; i < 24; i++) {
    const [row, channel, place] = [Math.floor(i / 12), Math.floor(i / 4) % 3, i % 4];
    const pixel = pixels[row * 12 + place * 3 + channel]!;
    expect(data[i]).toBeCloseTo((pixel / 255 - MEANS[channel]!) / DEVIATIONS[channel]!, 5);
  }
});

test.each([
  [{ means: MEANS }, 'received 3 and 0'],
  [{ means: [0.5], deviations: [0.5] }, 'expected 3 means and 3 deviations, one of each channel, received 1 and 1'],
])('%j is refused for three channels', (given, message) => {
  expect(image.accepts([column], parametersOf('image', given) as never)).toContain(message);
});
