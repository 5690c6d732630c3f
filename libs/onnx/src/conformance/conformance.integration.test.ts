// Every model of the conformance set: read, printed, parsed, written, converted and rewritten, it still gives the recorded
// outputs in ONNX Runtime wherever the original does; and the reference gives them for the operators that it has.

import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { evaluateGraph } from '../evaluate/evaluate-graph.js';
import type { Graph, Model } from '../model.js';
import { isOperator } from '../operators/table.js';
import { convertOpset } from '../opsets/convert-opset.js';
import { TABLE_OPSET, toTableOpset } from '../opsets/table-opset.js';
import { foldIntegers } from '../passes/fold-integers.js';
import { removeDeadCode } from '../passes/remove-dead-code.js';
import { removeIdentities } from '../passes/remove-identities.js';
import { shareCommonSubexpressions } from '../passes/share-common-subexpressions.js';
import { parseModelText } from '../text/parse-model.js';
import { printModel } from '../text/print-model.js';
import { inferTypes } from '../typing/infer-types.js';
import { writeModel } from '../wire/encode.js';
import {
  differenceFrom,
  isAvailable,
  operatorsOf,
  type RecordedRun,
  recordedRuns,
  runInOrt,
  unpack,
} from './recorded-runs.testkit.js';

let folder: string;
let runs: readonly RecordedRun[] = [];
/** Those that ONNX Runtime runs, with the recorded outputs. */
const passing: RecordedRun[] = [];

beforeAll(async () => {
  if (!isAvailable) return;
  folder = unpack();
  runs = [...recordedRuns(folder)];
  for (const run of runs) {
    const outputs = await runInOrt(run.file, run.inputs);
    if (outputs && differenceFrom(run.outputs, outputs) === undefined) passing.push(run);
  }
}, 120_000);
afterAll(() => {
  if (isAvailable) rmSync(folder, { recursive: true });
});

function report(what: string, count: number): void {
  process.stdout.write(`onnx-conformance-a: ${count} of ${runs.length} models ${what}\n`);
}

/** The models that no longer give the recorded outputs. */
async function changedBy(models: readonly RecordedRun[], change: (model: Model) => Model): Promise<string[]> {
  const changed: string[] = [];
  for (const { name, model, inputs, outputs } of models) {
    const received = await runInOrt(writeModel(change(model)), inputs);
    const difference = received ? differenceFrom(outputs, received) : 'does not run';
    if (difference !== undefined) changed.push(`${name}: ${difference}`);
  }
  return changed;
}

test.skipIf(!isAvailable)('all models are unchanged by printing and parsing, which ONNX Runtime confirms', async () => {
  const differ = runs.filter(({ model }) => {
    const text = printModel(model);
    const parsed = parseModelText(text);
    return printModel(parsed) !== text || !Buffer.from(writeModel(parsed)).equals(writeModel(model));
  });
  expect(differ.map(({ name }) => name)).toEqual([]);
  report('have the recorded outputs in ONNX Runtime after read → print → parse → write', passing.length);
  expect(passing.length).toBeGreaterThan(700);
  expect(await changedBy(passing, model => parseModelText(printModel(model)))).toEqual([]);
});

test.skipIf(!isAvailable).each([TABLE_OPSET, 23])(
  'models of older opsets give the recorded outputs after conversion to %d',
  async target => {
    const older = passing.filter(({ model: { opsets } }) => opsets['']! >= 7 && opsets['']! < target);
    report(`have the recorded outputs in ONNX Runtime after conversion to opset ${target}`, older.length);
    expect(older.length).toBeGreaterThan(300);
    expect(await changedBy(older, model => convertOpset(model, target))).toEqual([]);
  },
);

const optimize = (graph: Graph) => removeDeadCode(removeIdentities(shareCommonSubexpressions(foldIntegers(graph))));

/** Their Range is given vectors of one element, which ONNX Runtime only notices where they are constant. */
const VECTORS_AS_SCALARS = /test_affine_grid_2d.*_expanded: does not run/;

test.skipIf(!isAvailable)('models give the recorded outputs after all passes', async () => {
  const inForm = passing.filter(({ model }) => formOf(model) !== undefined);
  const counts = { before: 0, after: 0 };
  const changed = await changedBy(inForm, model => {
    const form = formOf(model)!;
    const graph = optimize(form.graph);
    counts.before += form.graph.nodes.length;
    counts.after += graph.nodes.length;
    return { ...form, graph };
  });
  expect(changed.filter(each => !VECTORS_AS_SCALARS.test(each))).toEqual([]);
  report(`have the recorded outputs after all passes, ${counts.before} nodes became ${counts.after}`, inForm.length);
  expect(inForm.length).toBeGreaterThan(700);
  expect(counts.after).toBeLessThan(0.8 * counts.before);
});

function formOf(model: Model): Model | undefined {
  try {
    return toTableOpset(model);
  } catch {
    return undefined;
  }
}

/** What the reference refuses by name. */
const NO_REFERENCE =
  /Dropout with training_mode is random|is not supported: nearest and linear|has no attribute "mode"|stretch/;

test.skipIf(!isAvailable)('the reference gives the recorded outputs for every model whose operators it has', () => {
  const differ: string[] = [];
  let compared = 0;
  for (const { name, model, inputs, outputs } of runs) {
    const form = formOf(model);
    if (!form || ![...operatorsOf(form.graph)].every(op => isOperator(op))) continue;
    try {
      const difference = differenceFrom(outputs, evaluateGraph(form.graph, inputs));
      if (difference !== undefined) differ.push(`${name}: ${difference}`);
      compared++;
    } catch (error) {
      if (!NO_REFERENCE.test(String(error))) differ.push(`${name}: ${String(error)}`);
    }
  }
  report('have the recorded outputs by the reference', compared - differ.length);
  expect(differ).toEqual([]);
  expect(compared).toBeGreaterThan(340);
});

test.skipIf(!isAvailable)('inferred types are those that models declare for their outputs', () => {
  const wrong: string[] = [];
  let compared = 0;
  for (const { name, model } of runs) {
    const form = formOf(model);
    if (!form) continue;
    const { values, untyped } = inferTypes(form.graph);
    if (untyped.length === 0) compared++;
    for (const { name: output, dtype, shape } of form.graph.outputs) {
      const type = values.get(output);
      const isAlike = (dim: number | string, axis: number) =>
        typeof dim !== 'number' || typeof shape?.[axis] !== 'number' || dim === shape[axis];
      if (!type || !shape) continue;
      if (type.dtype !== dtype || type.shape.length !== shape.length || !type.shape.every(isAlike)) wrong.push(name);
    }
  }
  report('are typed completely', compared);
  expect(wrong).toEqual([]);
  expect(compared).toBeGreaterThan(340);
});
