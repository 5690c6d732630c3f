// Whether rows are independent: rows alone, together and in another order must give the same results. A run on random data
// can show a dependence; that there is none can only become likely, so the axis must be named or declared as well.

import { quoted } from '@athanor/onnx/files';
import type { Tensor } from '@athanor/tensor';
import type { ImportedTensor } from '../signature.js';
import { createRandom, randomInputs, TRIAL_SIZES } from '../trial/random-inputs.js';
import { type Trial, TrialFailure } from '../trial/trial.js';
import { agree, takeRows } from './rows.js';

export type ProbeResult =
  | { readonly verdict: 'independent' }
  | { readonly verdict: 'dependent' | 'failed'; readonly reason: string };

const ROWS = 3;
const ROTATED = [2, 0, 1];
const SEEDS = [1, 2];
/** After this time a slow model is not tried with more data. */
const BUDGET_MS = 30_000;
// Of BF16 outputs, which are fetched as FP32.
const BF16_TOLERANCE = 2e-2;

export interface ProbedModel {
  readonly handle: number;
  readonly inputs: readonly ImportedTensor[];
  readonly outputs: readonly { readonly name: string; readonly datatype: string }[];
}

/** Throws the signal's reason if it is aborted. */
export async function probeRows(trial: Trial, model: ProbedModel): Promise<ProbeResult> {
  const start = performance.now();
  let failure: string | undefined;
  for (const other of sizesFor(model.inputs)) {
    try {
      for (const seed of SEEDS) {
        if (performance.now() - start > BUDGET_MS) break;
        const found = await compareRows(trial, model, other, seed);
        if (found !== undefined) return { verdict: 'dependent', reason: found };
      }
      return { verdict: 'independent' };
    } catch (error) {
      if (!(error instanceof TrialFailure)) throw error;
      failure ??= error.message;
      if (error.kind !== 'refused') break;
    }
  }
  return { verdict: 'failed', reason: failure ?? 'the inputs are too large for a trial' };
}

/** Sizes to try; one if nothing but the first axis is variable. */
function sizesFor(inputs: readonly ImportedTensor[]): readonly number[] {
  return inputs.some(({ shape }) => shape.slice(1).includes(-1)) ? TRIAL_SIZES : TRIAL_SIZES.slice(0, 1);
}

/** @returns the first difference, in words. Throws TrialFailure. */
async function compareRows(trial: Trial, model: ProbedModel, other: number, seed: number): Promise<string | undefined> {
  const feeds = randomInputs(model.inputs, { rows: ROWS, other }, createRandom(seed));
  if (feeds === undefined) throw new TrialFailure('refused', 'the inputs are too large for a trial');
  const run = (order: readonly number[]) => trial.run(model.handle, select(feeds, order));
  const together = await run([0, 1, 2]);
  for (const { name } of model.outputs) {
    const rows = together[name]!.shape[0];
    if (rows !== ROWS)
      return `of ${ROWS} rows, output ${quoted(name)} has the shape [${together[name]!.shape.join(',')}]`;
  }
  const rotated = await run(ROTATED);
  for (const { name, datatype } of model.outputs) {
    for (const [at, row] of ROTATED.entries()) {
      if (!same(rotated[name]!, at, together[name]!, row, datatype)) {
        return differs(name, 'in another order', await culprit(trial, model, feeds, name, together));
      }
    }
  }
  for (let row = 0; row < ROWS; row++) {
    const alone = await run([row]);
    for (const { name, datatype } of model.outputs) {
      if (alone[name]!.shape[0] !== 1) return `of one row, output ${quoted(name)} has ${alone[name]!.shape[0]}`;
      if (!same(alone[name]!, 0, together[name]!, row, datatype)) {
        return differs(name, 'alone and with others', await culprit(trial, model, feeds, name, together));
      }
    }
  }
  return undefined;
}

function differs(output: string, how: string, input: string | undefined): string {
  const because = input === undefined ? '' : `, because of input ${quoted(input)}`;
  return `a row of output ${quoted(output)} differs ${how}${because}`;
}

/** The input whose other rows change the first row of an output, if one alone does. */
async function culprit(
  trial: Trial,
  { handle, inputs, outputs }: ProbedModel,
  feeds: Readonly<Record<string, Tensor>>,
  output: string,
  together: Readonly<Record<string, Tensor>>,
): Promise<string | undefined> {
  const datatype = outputs.find(({ name }) => name === output)!.datatype;
  for (const { name } of inputs) {
    const changed = { ...select(feeds, [0, 1, 2]), [name]: takeRows(feeds[name]!, [0, 0, 0]) };
    const result = await trial.run(handle, changed).catch(error => {
      if (error instanceof TrialFailure) return undefined;
      throw error;
    });
    if (result?.[output] && !same(result[output], 0, together[output]!, 0, datatype)) return name;
  }
  return undefined;
}

function select(feeds: Readonly<Record<string, Tensor>>, order: readonly number[]): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, takeRows(value, order)]));
}

function same(a: Tensor, rowOfA: number, b: Tensor, rowOfB: number, datatype: string): boolean {
  const tolerance = datatype === 'BF16' ? BF16_TOLERANCE : undefined;
  return agree(takeRows(a, [rowOfA]), takeRows(b, [rowOfB]), tolerance);
}
