import { tensor } from '@athanor/tensor';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { GraphBuilder } from '../../build/graph-builder.js';
import { toModel } from '../../build/to-model.js';
import { evaluateGraph } from '../../evaluate/evaluate-graph.js';
import { writeModel } from '../../wire/encode.js';
import type { AttributeInputs } from '../attribute-specs.js';
import type { AttributesOf } from '../table.js';

type Op = 'RNN' | 'GRU' | 'LSTM';
type Attributes = AttributeInputs<AttributesOf<'RNN'> & AttributesOf<'GRU'> & AttributesOf<'LSTM'>>;

interface Case {
  readonly op: Op;
  readonly attributes?: Attributes;
  /** Optional inputs that are given. */
  readonly given?: readonly ('b' | 'lens' | 'h' | 'c' | 'p')[];
}

const [LENGTH, BATCH, INPUT, HIDDEN] = [4, 2, 3, 2];
const GATES = { RNN: 1, GRU: 3, LSTM: 4 } as const;

const CASES: readonly Case[] = [
  { op: 'RNN' },
  {
    op: 'RNN',
    attributes: { direction: 'bidirectional', activations: ['Relu', 'Affine'], activation_alpha: [0.5] },
    given: ['b'],
  },
  { op: 'RNN', attributes: { direction: 'reverse', clip: 0.3 }, given: ['b', 'h'] },
  { op: 'GRU', given: ['b'] },
  { op: 'GRU', attributes: { linear_before_reset: true, direction: 'bidirectional' }, given: ['b', 'lens', 'h'] },
  { op: 'GRU', attributes: { direction: 'reverse' }, given: ['lens', 'h'] },
  { op: 'LSTM' },
  { op: 'LSTM', attributes: { direction: 'bidirectional' }, given: ['b', 'lens', 'h', 'c', 'p'] },
  { op: 'LSTM', attributes: { direction: 'reverse', clip: 0.4 }, given: ['b', 'lens'] },
  {
    op: 'LSTM',
    attributes: { input_forget: true, activations: ['HardSigmoid', 'Softsign', 'Tanh'] },
    given: ['b', 'p'],
  },
];

function build({ op, attributes = {}, given = [] }: Case) {
  const g = new GraphBuilder('recurrent');
  const directions = attributes.direction === 'bidirectional' ? 2 : 1;
  const rows = GATES[op] * HIDDEN;
  let seed = 1;
  const constant = (name: string, shape: readonly number[]) => {
    const count = shape.reduce((product, dim) => product * dim, 1);
    return g.initializer(
      name,
      tensor(
        'FP32',
        shape,
        Float32Array.from({ length: count }, () => Math.sin(seed++ * 7)),
      ),
    );
  };
  const optional = (
    name: (typeof CASES)[number]['given'] extends readonly (infer N)[] | undefined ? N : never,
    shape: number[],
  ) => (given.includes(name) ? constant(name, shape) : undefined);
  const x = g.input('x', { dtype: 'FP32', shape: ['length', BATCH, INPUT] });
  const inputs = [
    x,
    constant('w', [directions, rows, INPUT]),
    constant('r', [directions, rows, HIDDEN]),
    optional('b', [directions, 2 * rows]),
    given.includes('lens') ? g.initializer('lens', tensor('INT32', [BATCH], Int32Array.of(LENGTH, 2))) : undefined,
    optional('h', [directions, BATCH, HIDDEN]),
    ...(op === 'LSTM' ? [optional('c', [directions, BATCH, HIDDEN]), optional('p', [directions, 3 * HIDDEN])] : []),
  ];
  const outputs = g.ops(op, inputs, {
    attributes: { hidden_size: HIDDEN, ...attributes } as never,
    outputs: op === 'LSTM' ? 3 : 2,
  });
  outputs.forEach((value, index) => {
    g.output(value, `y${index}`);
  });
  return { graph: g.graph(), outputs, directions };
}

test.each(CASES.map(each => [each.op, JSON.stringify(each), each] as const))(
  '%s is computed as by ONNX Runtime: %s',
  async (_, __, each) => {
    const { graph, outputs, directions } = build(each);
    expect(outputs[0]!.shape).toEqual(['length', directions, BATCH, HIDDEN]);
    expect(outputs.at(-1)!.shape).toEqual([directions, BATCH, HIDDEN]);
    const shape = [LENGTH, BATCH, INPUT];
    const data = Float32Array.from({ length: LENGTH * BATCH * INPUT }, (_, index) => Math.cos(index * 3));
    const session = await ort.InferenceSession.create(writeModel(toModel(graph)), { logSeverityLevel: 4 });
    const expected = await session.run({ x: new ort.Tensor('float32', data, shape) });
    const received = evaluateGraph(graph, { x: tensor('FP32', shape, data) });
    for (const [name, { dims, data: values }] of Object.entries(expected)) {
      const array = received.get(name)!;
      expect(array.shape).toEqual(dims);
      const differences = Array.from(values as Float32Array, (value, index) =>
        Math.abs(value - Number(array.data[index])),
      );
      expect(Math.max(...differences)).toBeLessThan(1e-5);
    }
  },
);
