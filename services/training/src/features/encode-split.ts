// Encodes rows ahead of training with the nodes that are served: once, or with each window of a split that is streamed.

import { sliceRows } from '@athanor/data';
import { writeModel } from '@athanor/onnx';
import { openSession, type Session, type SessionOptions } from '@athanor/runtime';
import { type NumericTensor, type Tensor, tensor } from '@athanor/tensor';
import { encodingGraph, rawTensor } from '@athanor/transforms';
import { denseWidth, type FeatureSet, type FittedTransform, featureName, isInStep } from './feature-set.js';
import { columnOf, type RawSplit } from './raw-split.js';

/** Names of a network's inputs in the training graph. */
export const DENSE_INPUT = 'dense';
export const indexInput = (name: string): string => `index/${name}`;
export const rawInput = (column: string): string => `raw/${column}`;

/** Rows per run: encoding is elementwise, so the number does not change the result. */
const ROWS_PER_RUN = 8_192;

/** What SplitEncoder gives, of one split. */
export async function encodeSplit(
  features: FeatureSet,
  split: RawSplit,
  options: SessionOptions,
): Promise<ReadonlyMap<string, NumericTensor>> {
  const encoder = new SplitEncoder(features, options);
  try {
    return await encoder.encode(split);
  } finally {
    await encoder.release();
  }
}

/** Encodes any number of splits; the session of each transform stays open. */
export class SplitEncoder {
  readonly #features: FeatureSet;
  readonly #options: SessionOptions;
  readonly #sessions = new Map<FittedTransform, Session>();

  constructor(features: FeatureSet, options: SessionOptions) {
    this.#features = features;
    this.#options = options;
  }

  /**
   * The inputs of the training graph by name: DENSE_INPUT FP32 [N, width], indices INT64 [N], and the raw columns of
   * transforms that belong to the training step.
   */
  async encode(split: RawSplit): Promise<ReadonlyMap<string, NumericTensor>> {
    const inputs = new Map<string, NumericTensor>();
    const ahead = this.#features.filter(each => !isInStep(each));
    const width = denseWidth(ahead);
    const dense = new Float32Array(split.rows * width);
    let offset = 0;
    for (const feature of ahead) {
      const session = await this.#sessionOf(feature);
      if (feature.encoding.kind === 'index') {
        inputs.set(indexInput(featureName(feature)), await encodeIndex(feature, split, session));
        continue;
      }
      if (feature.encoding.kind !== 'dense')
        throw new Error(`'${featureName(feature)}' cannot be encoded ahead of training`);
      await encodeDense(feature, split, { session, target: { dense, width, offset } });
      offset += feature.encoding.names.length;
    }
    if (width > 0) inputs.set(DENSE_INPUT, tensor('FP32', [split.rows, width], dense));
    for (const { columns } of this.#features.filter(isInStep)) {
      for (const column of columns)
        inputs.set(
          rawInput(column.name),
          rawTensor(column, columnOf(split, column), column.categories) as NumericTensor,
        );
    }
    return inputs;
  }

  async release(): Promise<void> {
    for (const session of this.#sessions.values()) await session.release();
    this.#sessions.clear();
  }

  async #sessionOf(feature: FittedTransform): Promise<Session> {
    const open = this.#sessions.get(feature);
    if (open !== undefined) return open;
    const graph = encodingGraph(feature.transform, feature.columns, feature.fitted);
    const session = await openSession(writeModel(graph), this.#options);
    this.#sessions.set(feature, session);
    return session;
  }
}

interface DenseWork {
  readonly session: Session;
  readonly target: { readonly dense: Float32Array; readonly width: number; readonly offset: number };
}

async function encodeDense(feature: FittedTransform, split: RawSplit, { session, target }: DenseWork): Promise<void> {
  const own = feature.encoding.kind === 'dense' ? feature.encoding.names.length : 0;
  const place = (row: number, values: Float32Array, source: number) =>
    target.dense.set(values.subarray(source * own, (source + 1) * own), row * target.width + target.offset);
  await encodeRows(feature, split, session, (begin, encoded, rowOf) => {
    const values = encoded.data as Float32Array;
    const rows = rowOf?.length ?? encoded.shape[0]!;
    for (let row = 0; row < rows; row++) place(begin + row, values, rowOf?.[row] ?? row);
  });
}

async function encodeIndex(feature: FittedTransform, split: RawSplit, session: Session): Promise<NumericTensor> {
  const indices = new BigInt64Array(split.rows);
  await encodeRows(feature, split, session, (begin, encoded, rowOf) => {
    const values = encoded.data as BigInt64Array;
    if (rowOf === undefined) indices.set(values, begin);
    else for (let row = 0; row < rowOf.length; row++) indices[begin + row] = values[rowOf[row]!]!;
  });
  return tensor('INT64', [split.rows], indices);
}

/** `rowOf`: which encoded row belongs to each row; undefined if they are the same. */
type OnEncoded = (begin: number, encoded: Tensor, rowOf?: Int32Array) => void;

async function encodeRows(
  feature: FittedTransform,
  split: RawSplit,
  session: Session,
  onEncoded: OnEncoded,
): Promise<void> {
  const [output] = session.outputs;
  const run = async (feeds: Record<string, Tensor>) => (await session.run(feeds))[output!.name]!;
  const [column, ...others] = feature.columns;
  if (others.length === 0 && column?.type.kind === 'category') {
    // Rows of one category column differ only by their category: each category is encoded once.
    const { codes, rowOf } = distinctCodes(split, column.name);
    const encoded = await run({ [column.name]: rawTensor(column, { kind: 'category', codes }, column.categories) });
    onEncoded(0, encoded, rowOf);
    return;
  }
  for (let begin = 0; begin < split.rows; begin += ROWS_PER_RUN) {
    const end = Math.min(begin + ROWS_PER_RUN, split.rows);
    const feeds = feature.columns.map(each => [
      each.name,
      rawTensor(each, sliceRows(columnOf(split, each), begin, end), each.categories),
    ]);
    onEncoded(begin, await run(Object.fromEntries(feeds)));
  }
}

function distinctCodes(split: RawSplit, name: string): { readonly codes: Int32Array; readonly rowOf: Int32Array } {
  const { codes } = split.values.get(name) as { codes: Int32Array };
  const positions = new Map<number, number>();
  const rowOf = codes.map(code => {
    const known = positions.get(code);
    if (known !== undefined) return known;
    positions.set(code, positions.size);
    return positions.size - 1;
  });
  return { codes: Int32Array.from(positions.keys()), rowOf };
}
