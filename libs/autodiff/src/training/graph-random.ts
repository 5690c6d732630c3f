// Random numbers inside the training graph: a function of the seed, the step, the place where they are used and the
// element's position only. So a resumed run draws what an uninterrupted one does, and the steps per run do not matter.
//
// The position is hashed in four rounds, with a key added before the first three. A round is f(x) = x(2x + 1) mod 2^32,
// the bijection of RC6 (Rivest, Robshaw, Sidney, Yin 1998) whose upper bits depend on all bits below, then a rotation by
// half a word; the last has no rotation. The keys are hashes of the step. UINT32 Add, Mul and Div wrap around alike in
// ONNX Runtime's CPU and CUDA providers, which have no Xor or shifts in common.

import { type GraphBuilder, staticCount, type Value } from '@athanor/onnx';
import { int64, tensor } from '@athanor/tensor';
import { add, at, cast, div, mul, reshapeLike, scale } from '../emit.js';
import { GradientError } from '../errors.js';

export interface GraphRandom {
  /**
   * 1 / keep with the probability `keep`, else 0, in the shape of `like` [B, …]: inverted dropout multiplies with it.
   * Every call is a place of its own. Sizes but that of the batch must be known.
   */
  dropout(g: GraphBuilder, like: Value, keep: number): Value;
  /**
   * FP32 [B, count], uniform in [0, 1): multiples of 2^-24, which FP32 has exactly. B is that of `rows` [B, …]. A place of
   * its own, as a dropout is.
   */
  uniform(g: GraphBuilder, rows: Value, count: number): Value;
}

export interface RandomPlace {
  /** The outermost graph: keys of all steps are computed there, before the loop. */
  readonly root: GraphBuilder;
  /** INT64 scalar in `root`: steps completed before this run. */
  readonly counter: Value;
  /** [K] in `root`, one per step of this run. */
  readonly rates: Value;
  /** Batches of which a step consists, each with numbers of its own; default: 1. */
  readonly batchesPerStep?: number;
  /** INT64 scalar: the batch within this run. */
  readonly iteration: Value;
  /** An integer from 0 to 2^53 - 1. */
  readonly seed: number;
}

const KEYS = 3;
const HALF = 2 ** 16;
const WORD = 2 ** 32;
/** Bits of a uniform number: those of FP32's significand. */
const PRECISION = 2 ** 24;

export function createGraphRandom(place: RandomPlace): GraphRandom {
  const { root, iteration, seed } = place;
  let places = 0;
  let batches: Value | undefined;
  /** UINT32 [B, width], uniform, of the next place. */
  const draw = (g: GraphBuilder, rows: Value, width: number): Value => {
    const index = places++;
    batches ??= batchNumbers(place);
    const ofPlace = [0, 1, 2].map(key =>
      emitHash(root, add(root, batches!, word(root, keyOf(seed, index * KEYS + key)))),
    );
    const keys = ofPlace.map(key => at(g, key, iteration));
    return emitElements(g, positions(g, rows, width), keys);
  };
  return {
    dropout(g, like, keep) {
      const isKept = g.op('Less', [draw(g, like, rowWidth(like)), word(g, Math.floor(keep * WORD))]);
      const mask = scale(g, cast(g, isKept, like.dtype), 1 / keep);
      return like.shape.length === 2 ? mask : reshapeLike(g, mask, like);
    },
    uniform(g, rows, count) {
      const upper = div(g, draw(g, rows, count), word(g, WORD / PRECISION));
      return { ...scale(g, cast(g, upper, 'FP32'), 1 / PRECISION), shape: [rows.shape[0]!, count] };
    },
  };
}

/** UINT32 [K · batchesPerStep]: the numbers of the batches of this run. */
function batchNumbers({ root, counter, rates, batchesPerStep = 1 }: RandomPlace): Value {
  const times = (steps: Value) =>
    batchesPerStep === 1 ? steps : mul(root, steps, root.constant(int64([], [batchesPerStep])));
  const range = [times(counter), times(add(root, counter, root.op('Size', [rates]))), root.constant(int64([], [1]))];
  const shape = batchesPerStep === 1 ? rates.shape : ['batches'];
  return cast(root, { ...root.op('Range', range), shape }, 'UINT32');
}

/** Elements of each row of [B, …]. */
function rowWidth(like: Value): number {
  const width = staticCount(like.shape.slice(1));
  if (like.shape.length === 0 || width === undefined)
    throw new GradientError(`dropout needs rows of a known size, got [${like.shape.join(', ')}]`);
  return width;
}

/** UINT32 [B, width] for `width` elements per row of [B, …]: row · width + column. */
function positions(g: GraphBuilder, like: Value, width: number): Value {
  const [zero, one] = [g.constant(int64([], [0])), g.constant(int64([], [1]))];
  const rowCount = g.op('Gather', [g.op('Shape', [like]), zero]);
  const rows = g.op('Range', [zero, rowCount, one]);
  const begins = mul(g, cast(g, g.op('Unsqueeze', [rows, g.axes([1])]), 'UINT32'), word(g, width));
  return add(
    g,
    begins,
    g.constant(
      tensor(
        'UINT32',
        [width],
        Uint32Array.from({ length: width }, (_, i) => i),
      ),
      'columns',
    ),
  );
}

function emitElements(g: GraphBuilder, position: Value, keys: readonly Value[]): Value {
  const mixed = keys.reduce((x, key) => emitRotation(g, emitProduct(g, add(g, x, key))), position);
  return emitProduct(g, mixed);
}

/** Four rounds without keys. */
function emitHash(g: GraphBuilder, x: Value): Value {
  const mixed = [0, 1, 2].reduce(value => emitRotation(g, emitProduct(g, value)), x);
  return emitProduct(g, mixed);
}

function emitProduct(g: GraphBuilder, x: Value): Value {
  return mul(g, x, add(g, add(g, x, x), word(g, 1)));
}

function emitRotation(g: GraphBuilder, x: Value): Value {
  const half = word(g, HALF);
  return add(g, mul(g, x, half), div(g, x, half));
}

function word(g: GraphBuilder, value: number): Value {
  return g.constant(tensor('UINT32', [], Uint32Array.of(value)), 'word');
}

/** A key of a job: a hash of both halves of the seed and an index. */
function keyOf(seed: number, index: number): number {
  return hash(hash(hash(seed % WORD) + Math.floor(seed / WORD)) + index);
}

/** What emitHash computes. */
export function hash(value: number): number {
  let x = value >>> 0;
  for (let round = 0; round < 3; round++) x = rotation(product(x));
  return product(x);
}

const product = (x: number): number => Math.imul(x, 2 * x + 1) >>> 0;
const rotation = (x: number): number => ((x << 16) | (x >>> 16)) >>> 0;
