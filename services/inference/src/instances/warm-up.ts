import type { WarmUpSample } from '@athanor/contracts/registry';
import { ServiceError } from '@athanor/service';
import type { Elements, InputRows, Work } from '@athanor/serving';
import { byteSizeOf, type DType, elementCount, type NumericDType } from '@athanor/tensor';
import { LoadError } from '../served-models/load-error.js';
import type { ModelSpec, TensorSpec } from '../served-models/model-spec.js';
import { assembleBatch, splitBatch } from './batch.js';
import type { Instance } from './instance.js';

const NO_CALLER = { abortReason: undefined, deadlineMs: Number.POSITIVE_INFINITY };

/** The first runs of a session allocate memory; they happen before requests arrive. */
export async function warmUp(instance: Instance, spec: ModelSpec, samples: readonly WarmUpSample[]): Promise<void> {
  for (const sample of samples) {
    const work = sampleWork(spec, sample);
    for (let count = 0; count < Math.max(1, sample.count); count++) await runOnce(instance, spec, work);
  }
}

/**
 * Runs of zeros, one with each number of rows, unless a size besides the batch is variable: then no input is known.
 * `mayFail`: the runtime may refuse zeros, which need not be a valid input of somebody else's model.
 */
export async function warmUpWithZeros(
  instance: Instance,
  spec: ModelSpec,
  { rows, mayFail }: { readonly rows: Iterable<number>; readonly mayFail: boolean },
): Promise<void> {
  for (const each of rows) {
    const work = zeroWork(spec, each);
    if (work === undefined) return;
    await runOnce(instance, spec, work).catch((error: unknown) => {
      // Outputs unlike those of the signature are another kind of error.
      if (!(mayFail && error instanceof ServiceError)) throw error;
    });
  }
}

async function runOnce(instance: Instance, spec: ModelSpec, work: Work): Promise<void> {
  splitBatch(spec, await instance.execute(assembleBatch(spec, [work], work.rows)), [work]);
}

/** Inputs of zeros and empty strings; undefined if a size is variable. */
function zeroWork(spec: ModelSpec, rows: number): Work | undefined {
  if (spec.inputs.some(({ dims }) => dims.includes(-1))) return undefined;
  const inputs = spec.inputs.map(({ dtype, dims }) => ({ dims, data: zeros(dtype, rows * elementCount(dims)) }));
  return toWork(rows, inputs);
}

function sampleWork(spec: ModelSpec, { batchSize, inputs }: WarmUpSample): Work {
  const rows = spec.maxBatchSize > 0 ? Math.max(1, batchSize) : 1;
  const unknown = inputs.find(({ name }) => !spec.inputs.some(each => each.name === name));
  if (unknown !== undefined)
    throw new LoadError(`the warm-up names the input '${unknown.name}', which the model does not have`);
  return toWork(
    rows,
    spec.inputs.map(input =>
      sampleInput(
        input,
        rows,
        inputs.find(({ name }) => name === input.name),
      ),
    ),
  );
}

function sampleInput(
  { name, dtype, dims: declared }: TensorSpec,
  rows: number,
  sample: WarmUpSample['inputs'][number] | undefined,
): InputRows {
  const dims = sample !== undefined && sample.dims.length > 0 ? sample.dims : declared;
  const fits = dims.length === declared.length && declared.every((dim, axis) => dim === -1 || dim === dims[axis]);
  if (!fits || dims.includes(-1))
    throw new LoadError(`the warm-up of input '${name}' needs sizes for [${declared}], got [${dims}]`);
  const count = rows * elementCount(dims);
  if (sample?.content === 'CONTENT_RAW') return { dims, data: rawElements(sample.raw, { name, dtype, count }) };
  return { dims, data: sample?.content === 'CONTENT_RANDOM' ? random(dtype, count) : zeros(dtype, count) };
}

function rawElements(raw: Buffer, { name, dtype, count }: { name: string; dtype: DType; count: number }): Elements {
  const expected = count * byteSizeOf(dtype);
  if (dtype !== 'BYTES' && raw.length === expected) return raw;
  throw new LoadError(`the warm-up of input '${name}' needs ${expected} bytes of ${dtype}, got ${raw.length}`);
}

function zeros(dtype: DType, count: number): Elements {
  return dtype === 'BYTES' ? new Array<string>(count).fill('') : new Uint8Array(count * byteSizeOf(dtype));
}

type Fill = (values: ArrayBuffer) => ArrayLike<number> & { fill(value: number, start: number, end: number): unknown };

/** Views to fill, and the range of the values. */
const RANDOM: {
  readonly [D in NumericDType]?: { readonly view: Fill; readonly from: number; readonly range: number };
} = {
  FP32: { view: buffer => new Float32Array(buffer), from: 0, range: 1 },
  FP64: { view: buffer => new Float64Array(buffer), from: 0, range: 1 },
  UINT8: { view: buffer => new Uint8Array(buffer), from: 0, range: 256 },
  INT8: { view: buffer => new Int8Array(buffer), from: -128, range: 256 },
  BOOL: { view: buffer => new Uint8Array(buffer), from: 0, range: 2 },
};

/** Zeros for datatypes whose random values are not defined. */
function random(dtype: DType, count: number): Elements {
  const elements = zeros(dtype, count);
  const kind = RANDOM[dtype as NumericDType];
  if (kind === undefined || !(elements instanceof Uint8Array)) return elements;
  const values = kind.view(elements.buffer as ArrayBuffer);
  for (let index = 0; index < values.length; index++) {
    const value = kind.from + Math.random() * kind.range;
    values.fill(kind.range > 1 ? Math.floor(value) : value, index, index + 1);
  }
  return elements;
}

function toWork(rows: number, inputs: InputRows[]): Work {
  return { rows, inputs, timeoutUs: 0, priority: 0, caller: NO_CALLER };
}
