import { GraphBuilder, toModel, type Value, writeModel } from '@athanor/onnx';
import { openSession } from '@athanor/runtime';
import { tensor } from '@athanor/tensor';
import type { ImageShape } from '@athanor/transforms';
import { describe, expect, test } from 'vitest';
import { augmentationOf } from '../engine/training-data.testkit.js';
import { augmentImages } from './augment-images.js';
import { AUGMENTATIONS } from './augmentations.js';

/** [channel][row][column] of one image. */
type Pixels = readonly (readonly (readonly number[])[])[];
/** What one image becomes with its own random numbers. */
type Reference = (image: Pixels, drawn: readonly number[]) => Pixels;

interface Case {
  readonly kind: string;
  readonly parameters: object;
  readonly shape: ImageShape;
  /** Random numbers of an image. */
  readonly draws: number;
  readonly reference: Reference;
}

const f = Math.fround;
const LARGEST = 1 - 2 ** -24;
const shape = (channels: number, height: number, width: number): ImageShape => ({ channels, height, width });
const whole = (uniform: number, count: number) => Math.floor(f(uniform * count));
const each = (image: Pixels, change: (value: number, c: number, y: number, x: number) => number): Pixels =>
  image.map((rows, c) => rows.map((row, y) => row.map((value, x) => f(change(value, c, y, x)))));

const mirror = (image: Pixels) => image.map(rows => rows.map(row => row.toReversed()));
const turn = (image: Pixels) => image.map(rows => rows.toReversed());

const shift =
  (padding: number): Reference =>
  (image, [down, right]) => {
    const [dy, dx] = [down!, right!].map(uniform => whole(uniform, 2 * padding + 1) - padding) as [number, number];
    return each(image, (_, c, y, x) => image[c]![y + dy]?.[x + dx] ?? 0);
  };

const cover =
  (size: number, { height, width }: ImageShape): Reference =>
  (image, [row, column]) => {
    const [top, left] = [whole(row!, height), whole(column!, width)].map(centre => centre - Math.floor(size / 2)) as [
      number,
      number,
    ];
    const isCovered = (y: number, x: number) => y >= top && y < top + size && x >= left && x < left + size;
    return each(image, (value, _, y, x) => (isCovered(y, x) ? 0 : value));
  };

const spread = (value: number, mean: number, change: number) => f(mean + f(f(1 + change) * f(value - mean)));
const changeOf = (uniform: number, range: number) => f(f(f(uniform * 2) - 1) * f(range));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const brighten =
  (range: number): Reference =>
  (image, [drawn]) =>
    each(image, value => value + changeOf(drawn!, range));
const contrast =
  (range: number): Reference =>
  (image, [drawn]) => {
    const centre = mean(image.flat(2));
    return each(image, value => spread(value, centre, changeOf(drawn!, range)));
  };
const saturate =
  (range: number): Reference =>
  (image, [drawn]) =>
    each(image, (value, _, y, x) => spread(value, mean(image.map(rows => rows[y]![x]!)), changeOf(drawn!, range)));

const small = shape(3, 5, 7);
const only = (parameters: object) => ({ brightness: 0, contrast: 0, saturation: 0, ...parameters });
const CASES: readonly Case[] = [
  {
    ...{ kind: 'flip', parameters: {}, shape: small, draws: 1 },
    reference: (image, [drawn]) => (drawn! < 0.5 ? mirror(image) : image),
  },
  {
    ...{ kind: 'flip', parameters: { horizontal: 0, vertical: 1 }, shape: small, draws: 1 },
    reference: image => turn(image),
  },
  {
    ...{ kind: 'flip', parameters: { horizontal: 0.25, vertical: 0.75 }, shape: shape(1, 4, 6), draws: 2 },
    reference: (image, [first, second]) => {
      const mirrored = first! < 0.25 ? mirror(image) : image;
      return second! < 0.75 ? turn(mirrored) : mirrored;
    },
  },
  { kind: 'crop', parameters: {}, shape: small, draws: 2, reference: shift(4) },
  { kind: 'crop', parameters: { padding: 1 }, shape: shape(1, 2, 3), draws: 2, reference: shift(1) },
  { kind: 'cutout', parameters: { size: 4 }, shape: small, draws: 2, reference: cover(4, small) },
  { kind: 'cutout', parameters: { size: 3 }, shape: small, draws: 2, reference: cover(3, small) },
  { kind: 'color', parameters: only({ brightness: 0.3 }), shape: small, draws: 1, reference: brighten(0.3) },
  // Powers of two, so that the means are exact in any order of their sums.
  { kind: 'color', parameters: only({ contrast: 0.7 }), shape: shape(4, 4, 8), draws: 1, reference: contrast(0.7) },
  { kind: 'color', parameters: only({ saturation: 1 }), shape: shape(2, 3, 5), draws: 1, reference: saturate(1) },
  {
    ...{ kind: 'color', parameters: { brightness: 0.5, contrast: 0.25, saturation: 0.5 }, shape: shape(2, 4, 4) },
    draws: 3,
    reference: (image, [b, c, s]) => saturate(0.5)(contrast(0.25)(brighten(0.5)(image, [b!]), [c!]), [s!]),
  },
];

/** Runs the emitted nodes with the given random numbers [n, draws]. */
async function emitted({ kind, parameters, shape: size }: Omit<Case, 'reference'>, batch: Batch): Promise<number[]> {
  const g = new GraphBuilder('augmentation');
  const sizes = [size.channels, size.height, size.width];
  const images = g.input('images', { dtype: 'FP32', shape: ['batch', ...sizes] });
  const random = {
    uniform: (_: GraphBuilder, __: Value, count: number) =>
      g.input('drawn', { dtype: 'FP32', shape: ['batch', count] }),
  };
  const changed = augmentImages(g, images, [augmentationOf(kind, parameters)], { shape: size, random });
  expect(changed.shape).toEqual(['batch', ...sizes]);
  g.output(changed, 'changed');
  const session = await openSession(writeModel(toModel(g.graph())), { intraOpThreads: 1, provider: 'cpu' });
  const n = batch.images.length;
  const outputs = await session.run({
    images: tensor('FP32', [n, ...sizes], Float32Array.from(batch.images.flat(3))),
    drawn: tensor('FP32', [n, batch.drawn[0]!.length], Float32Array.from(batch.drawn.flat())),
  });
  await session.release();
  expect(outputs.changed!.shape).toEqual([n, ...sizes]);
  return [...(outputs.changed!.data as Float32Array)];
}

interface Batch {
  readonly images: readonly Pixels[];
  readonly drawn: readonly (readonly number[])[];
}

/** Images of small multiples of 1/8, and every combination of a few random numbers, the first and the last among them. */
function batchOf({ shape: { channels, height, width }, draws }: Omit<Case, 'reference'>): Batch {
  const numbers = [0, 0.125, 0.2499, 0.43, 0.5, 0.8125, LARGEST].map(f);
  const drawn = Array.from({ length: numbers.length ** draws }, (_, row) =>
    Array.from({ length: draws }, (__, index) => numbers[Math.floor(row / numbers.length ** index) % numbers.length]!),
  );
  const images = drawn.map((_, row) =>
    Array.from({ length: channels }, (__, c) =>
      Array.from({ length: height }, (___, y) =>
        Array.from({ length: width }, (____, x) => (((row * 7 + c * 31 + y * 13 + x * 5) % 41) - 20) / 8),
      ),
    ),
  );
  return { images, drawn };
}

describe.each(CASES)('$kind $parameters of $shape', ({ reference, ...rest }) => {
  test('is what a plain computation gives for the same random numbers', async () => {
    const batch = batchOf(rest);
    const expected = batch.images.flatMap((image, row) => reference(image, batch.drawn[row]!).flat(2));
    const received = await emitted(rest, batch);
    // The last of three changes has a mean of rounded values.
    if (rest.draws < 3) expect(received).toEqual(expected.map(value => value + 0));
    else for (const [at, value] of expected.entries()) expect(received[at]).toBeCloseTo(value, 5);
    expect(received).not.toEqual(batch.images.flat(3));
  });
});

test('without a chance or a range nothing is drawn and no node is added', () => {
  const g = new GraphBuilder('augmentation');
  const images = g.input('images', { dtype: 'FP32', shape: ['batch', 1, 4, 4] });
  const none = [augmentationOf('flip', { horizontal: 0 }), augmentationOf('color', only({ saturation: 0 }))];
  const random = { uniform: () => expect.fail('expected no random numbers') };
  expect(augmentImages(g, images, none, { shape: shape(1, 4, 4), random })).toBe(images);
  expect(g.nodes()).toEqual([]);
});

test('what would leave nothing of an image is refused', () => {
  const accepts = (kind: string, parameters: object) =>
    AUGMENTATIONS.kinds[kind]!.accepts!(shape(3, 6, 8), augmentationOf(kind, parameters).parameters);
  expect(accepts('crop', { padding: 5 })).toBe(true);
  expect(accepts('crop', { padding: 6 })).toBe(
    'expected a padding of fewer than the 6 pixels of an image of 6 × 8, received 6',
  );
  expect(accepts('cutout', { size: 8 })).toMatch('expected a square of fewer than the 6 pixels');
});
