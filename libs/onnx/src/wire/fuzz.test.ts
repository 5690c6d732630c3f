import { int64, tensor } from '@athanor/tensor';
import fc from 'fast-check';
import { test } from 'vitest';
import { GraphBuilder } from '../build/graph-builder.js';
import { loop } from '../build/loop.js';
import { toModel } from '../build/to-model.js';
import { checkModel } from '../check/check-model.js';
import { ModelError } from '../errors.js';
import { type ArtifactFiles, noFiles } from '../guard/external-data.js';
import { foldIntegers } from '../passes/fold-integers.js';
import { removeDeadCode } from '../passes/remove-dead-code.js';
import { removeIdentities } from '../passes/remove-identities.js';
import { shareCommonSubexpressions } from '../passes/share-common-subexpressions.js';
import { parseModelText } from '../text/parse-model.js';
import { printModel } from '../text/print-model.js';
import { inferModelTypes } from '../typing/infer-types.js';
import { readModelWithData } from './embed.js';
import { writeModel } from './encode.js';
import { encodeWireModel, type WireNode } from './schema.js';

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

/** With what a reader replaces: functions in each other and in a body, a sparse initializer, external data. */
function withFunctions(): Uint8Array {
  const node = (opType: string, input: string[], output: string[], rest: Partial<WireNode> = {}): WireNode => ({
    opType,
    input,
    output,
    attribute: [],
    ...rest,
  });
  const call = (name: string, input: string[], output: string[]) => node(name, input, output, { domain: 'local' });
  const opsetImport = [
    { domain: '', version: 17 },
    { domain: 'local', version: 1 },
  ];
  const shared = { domain: 'local', input: ['x'], output: ['y'], opsetImport };
  const branch = { node: [call('f', ['t'], ['u'])], name: 'b', initializer: [], input: [], output: [{ name: 'u' }] };
  const branches = ['then_branch', 'else_branch'].map(name => ({ name, type: 5, g: branch }));
  const slope = { name: 'slope', type: 1, f: 0.5 };
  const leaky = { attribute: [{ name: 'alpha', refAttrName: 'slope', type: 1 }] };
  return encodeWireModel({
    irVersion: 8,
    opsetImport,
    functions: [
      { ...shared, name: 'f', attributeProto: [slope], node: [node('LeakyRelu', ['x'], ['y'], leaky)] },
      {
        ...shared,
        name: 'g',
        input: ['x', 'c'],
        node: [call('f', ['x'], ['t']), node('If', ['c'], ['y'], { attribute: branches })],
      },
    ],
    graph: {
      name: 'main',
      node: [call('g', ['w', 'c'], ['y'])],
      initializer: [
        { name: 'e', dims: [2], dataType: 1, dataLocation: 1, externalData: [{ key: 'location', value: 'e.bin' }] },
      ],
      sparseInitializer: [
        {
          values: { name: 'w', dims: [1], dataType: 1, floatData: [2] },
          indices: { dims: [1], dataType: 7, int64Data: [3] },
          dims: [4],
        },
      ],
      input: [{ name: 'c', type: { tensorType: { elemType: 9, shape: { dim: [] } } } }],
      output: [{ name: 'y', type: { tensorType: { elemType: 1, shape: { dim: [{ dimValue: 4 }] } } } }],
    },
  });
}

const oneFile: ArtifactFiles = { ...noFiles, sizeOf: () => 8, read: (_, __, length) => new Uint8Array(length) };

/** Everything that takes a model. */
function useModel(bytes: Uint8Array): void {
  const model = readModelWithData(bytes, oneFile);
  parseModelText(printModel(model));
  checkModel(model);
  inferModelTypes(model);
  removeDeadCode(removeIdentities(shareCommonSubexpressions(foldIntegers(model.graph))));
}

test.each([
  ['a loop and shapes', example()],
  ['functions and sparse constants', withFunctions()],
])('damaged files are refused by a ModelError, or used: %s', (_, bytes) => {
  useModel(bytes);
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
    { numRuns: 2_000 },
  );
});
