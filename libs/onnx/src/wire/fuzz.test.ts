import { int64, tensor } from '@athanor/tensor';
import fc from 'fast-check';
import { test } from 'vitest';
import { GraphBuilder } from '../build/graph-builder.js';
import { loop } from '../build/loop.js';
import { checkModel } from '../check/check-model.js';
import { ModelError } from '../errors.js';
import { toModel } from '../model.js';
import { foldIntegers } from '../passes/fold-integers.js';
import { removeDeadCode } from '../passes/remove-dead-code.js';
import { removeIdentities } from '../passes/remove-identities.js';
import { shareCommonSubexpressions } from '../passes/share-common-subexpressions.js';
import { parseModelText } from '../text/parse-model.js';
import { printModel } from '../text/print-model.js';
import { inferModelTypes } from '../typing/infer-types.js';
import { readModel } from './decode.js';
import { writeModel } from './encode.js';

function example(): Uint8Array {
  const g = new GraphBuilder('example');
  const x = g.input('x', { dtype: 'FP32', shape: ['batch', 4] });
  const rounds = g.input('rounds', { dtype: 'INT64', shape: [] });
  const w = g.initializer('w', tensor('FP32', [4, 4], new Float32Array(16).fill(0.5)));
  const { carried } = loop(g, { tripCount: rounds, carried: [g.op('MatMul', [x, w])] }, (body, _, [value]) => ({
    carried: [body.op('Relu', [value])],
    scanned: [],
  }));
  const batch = g.op('Gather', [g.op('Shape', [x]), g.constant(int64([1], [0]))]);
  const shape = g.op('Concat', [batch, g.axes([2, 2])], { attributes: { axis: 0 } });
  g.output(
    g.op('ReduceSum', [g.op('Reshape', [carried[0], shape]), g.axes([1])], { attributes: { keepdims: false } }),
    'y',
  );
  return writeModel(toModel(g.graph()));
}

/** Everything that takes a model. */
function useModel(bytes: Uint8Array): void {
  const model = readModel(bytes);
  parseModelText(printModel(model));
  checkModel(model);
  inferModelTypes(model);
  removeDeadCode(removeIdentities(shareCommonSubexpressions(foldIntegers(model.graph))));
}

test('damaged files are refused by a ModelError, or used', () => {
  const bytes = example();
  const edit = fc.record({ at: fc.nat(bytes.length - 1), byte: fc.nat(255) });
  const edits = fc.array(edit, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(edits, fc.nat(40), (changes, cut) => {
      const damaged = bytes.slice(0, cut === 0 ? bytes.length - changes[0]!.at : bytes.length);
      for (const { at, byte } of changes) if (at < damaged.length) damaged[at] = byte;
      try {
        useModel(damaged);
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
      }
    }),
    { numRuns: 3_000 },
  );
});
