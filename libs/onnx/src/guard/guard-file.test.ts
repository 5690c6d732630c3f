import { expect, test } from 'vitest';
import {
  attribute,
  body,
  call,
  declared,
  FLOAT,
  INT64,
  int64s,
  negation,
  node,
  scalar,
  tensor,
  value,
} from './file-models.testkit.js';
import { guardFile } from './guard-file.js';

test('a good file has its boundary, with names of symbolic axes', () => {
  const guarded = guardFile(negation());
  expect(guarded.boundary).toEqual({
    inputs: [{ name: 'x', dtype: 'FP32', shape: ['N', 2] }],
    outputs: [{ name: 'y', dtype: 'FP32', shape: ['N', 2] }],
  });
  expect(guarded.rewritten).toBeUndefined();
});

test('inputs with a default value are no inputs', () => {
  const bytes = negation(({ graph }) => {
    graph.input.push(value('w', FLOAT, [1]));
    graph.initializer.push(tensor({ dims: [1], rawData: new Uint8Array(4) }));
  });
  expect(guardFile(bytes).boundary.inputs.map(({ name }) => name)).toEqual(['x']);
});

test('names of values inside a model, and other properties of objects, are not reserved', () => {
  const bytes = negation(({ graph }) => {
    graph.node = [node('Neg', ['x'], ['__proto__']), node('Neg', ['__proto__'], ['constructor'])];
    graph.output = [value('constructor', FLOAT, ['N', 2])];
  });
  expect(guardFile(bytes).boundary.outputs[0]!.name).toBe('constructor');
});

test('functions, sequences inside, reviewed operators and unused imports are accepted', () => {
  const bytes = negation(model => {
    model.opsetImport.push({ domain: 'com.microsoft', version: 1 }, { domain: 'unused.domain', version: 3 });
    model.opsetImport.push({ domain: 'local', version: 1 });
    model.functions.push(declared('twice', [node('Add', ['a', 'a'], ['b'])]));
    model.graph.node.push(
      node('SequenceConstruct', ['x', 'y'], ['s']),
      node('Gelu', ['x'], ['g'], { domain: 'com.microsoft' }),
      call('twice', 'x', 'z'),
    );
  });
  expect(() => guardFile(bytes)).not.toThrow();
});

type Change = Parameters<typeof negation>[0];

test.each<[string, Change, string, RegExp]>([
  ['a name that is defined twice', ({ graph }) => graph.node.push(node('Abs', ['x'], ['y'])), 'DUPLICATE_VALUE', /"y"/],
  [
    'a value that is used before its definition',
    ({ graph }) => graph.node.unshift(node('Abs', ['y'], ['z'])),
    'UNDEFINED_VALUE',
    /"y", an input of "Abs"/,
  ],
  [
    'an output that is not made',
    ({ graph }) => graph.output.push(value('q', FLOAT, [])),
    'UNDEFINED_VALUE',
    /output "q"/,
  ],
  [
    'an unknown domain',
    ({ graph }) => graph.node.push(node('Run', ['x'], ['z'], { domain: 'evil' })),
    'UNKNOWN_DOMAIN',
    /"evil"/,
  ],
  [
    'an unknown operator',
    ({ graph }) => graph.node.push(node('constructor', ['x'], ['z'])),
    'UNKNOWN_OPERATOR',
    /"constructor"/,
  ],
  [
    'an operator of com.microsoft that is not reviewed',
    model => {
      model.opsetImport.push({ domain: 'com.microsoft', version: 1 });
      model.graph.node.push(node('PyOp', ['x'], ['z'], { domain: 'com.microsoft' }));
    },
    'UNKNOWN_OPERATOR',
    /no reviewed operator "PyOp"/,
  ],
  [
    'an operator newer than the file',
    ({ graph }) => graph.node.push(node('Gelu', ['x'], ['z'])),
    'UNKNOWN_OPERATOR',
    /Gelu exists since version 20/,
  ],
  [
    'an opset of the future',
    model => (model.opsetImport = [{ domain: '', version: 999 }]),
    'UNSUPPORTED_FEATURE',
    /received 999/,
  ],
  ['a file without an opset', model => (model.opsetImport = []), 'UNSUPPORTED_FEATURE', /no operator set/],
  [
    'a wrong number of inputs',
    ({ graph }) => graph.node.push(node('MatMul', ['x'], ['z'])),
    'MALFORMED',
    /MatMul takes 2 to 2/,
  ],
  ['training_info', model => model.trainingInfo.push({}), 'UNSUPPORTED_FEATURE', /training_info/],
  [
    'a sequence at the boundary',
    ({ graph }) => (graph.output[0]!.type = { sequenceType: {} }),
    'NOT_A_TENSOR',
    /output "y" is a sequence/,
  ],
  [
    'float8 at the boundary',
    ({ graph }) => (graph.input[0] = value('x', 17, [2])),
    'UNSUPPORTED_TYPE',
    /input "x" is float8e4m3fn/,
  ],
  [
    'an input named like the prototype of objects',
    ({ graph }) => {
      graph.input = [value('__proto__', FLOAT, ['N', 2])];
      graph.node = [node('Neg', ['__proto__'], ['y'])];
    },
    'RESERVED_NAME',
    /an input is named "__proto__".*rename it/,
  ],
  [
    'an output named like the prototype of objects',
    ({ graph }) => {
      graph.node = [node('Neg', ['x'], ['__proto__'])];
      graph.output = [value('__proto__', FLOAT, ['N', 2])];
    },
    'RESERVED_NAME',
    /an output is named "__proto__".*rename it/,
  ],
  [
    'data that does not fill its shape',
    ({ graph }) => graph.initializer.push(tensor({ dims: [3], rawData: new Uint8Array(8) })),
    'MALFORMED',
    /needs 12 bytes, received 8/,
  ],
  [
    'data in two places',
    ({ graph }) =>
      graph.initializer.push(tensor({ dims: [1], rawData: new Uint8Array(4), floatData: [new Uint8Array(4)] })),
    'MALFORMED',
    /twice/,
  ],
  [
    'a negative dimension',
    ({ graph }) => graph.initializer.push(tensor({ dims: [{ low: -1, high: -1, unsigned: false }] })),
    'MALFORMED',
    /negative dimension: \[-1\]/,
  ],
  [
    'more elements than there are numbers',
    ({ graph }) => graph.initializer.push(tensor({ dims: [2 ** 30, 2 ** 30] })),
    'TOO_LARGE',
    /1073741824,1073741824/,
  ],
  [
    'a trip count that is too large',
    ({ graph }) => {
      graph.initializer.push(scalar('n', 10n ** 9n));
      graph.node.push(node('Loop', ['n', '', 'x'], ['z'], { attribute: [attribute('body', { g: body() })] }));
    },
    'LOOP_TOO_LONG',
    /1000000000 turns/,
  ],
  [
    'nested loops with too many turns together',
    ({ graph }) => {
      graph.initializer.push(scalar('n', 10n ** 4n));
      const inner = node('Loop', ['n', '', 'x'], ['v'], { attribute: [attribute('body', { g: body() })] });
      graph.node.push(
        node('Loop', ['n', '', 'x'], ['z'], { attribute: [attribute('body', { g: body({ node: [inner] }) })] }),
      );
    },
    'LOOP_TOO_LONG',
    /with the loops around it 100000000/,
  ],
  [
    'a constant that a node would make',
    ({ graph }) => {
      graph.initializer.push(
        tensor({ name: 'shape', dataType: INT64, dims: [2], rawData: int64s(2n ** 20n, 2n ** 20n) }),
      );
      graph.node.push(node('ConstantOfShape', ['shape'], ['z']));
    },
    'TOO_LARGE',
    /1048576,1048576/,
  ],
  [
    'a recursive function',
    model => {
      model.functions.push(declared('f', [call('g', 'a', 'b')]), declared('g', [call('f', 'a', 'b')]));
    },
    'RECURSION',
    /calls itself/,
  ],
  [
    'functions that double at each call',
    model => {
      for (let level = 0; level < 40; level++) {
        const nodes =
          level === 39
            ? [node('Neg', ['a'], ['b'])]
            : [call(`f${level + 1}`, 'a', 'c'), call(`f${level + 1}`, 'c', 'b')];
        model.functions.push(declared(`f${level}`, nodes));
      }
    },
    'TOO_LARGE',
    /more than 100000 nodes/,
  ],
  [
    'an unused function that calls an unknown operator',
    model => {
      model.functions.push(declared('f', [node('Shell', ['a'], ['b'], { domain: 'evil' })]));
    },
    'UNKNOWN_DOMAIN',
    /"evil"/,
  ],
  [
    'sparse indices outside of the shape',
    ({ graph }) => {
      const values = tensor({ dims: [1], rawData: new Uint8Array(4) });
      graph.sparseInitializer.push({
        values,
        indices: tensor({ dataType: INT64, dims: [1], rawData: int64s(4n) }),
        dims: [4],
      });
    },
    'MALFORMED',
    /writes at index 4/,
  ],
  [
    'a body that defines a visible name',
    ({ graph }) => {
      const branch = attribute('then_branch', { g: body({ node: [node('Neg', ['x'], ['y'])] }) });
      graph.node.push(node('If', ['x'], ['z'], { attribute: [branch] }));
    },
    'DUPLICATE_VALUE',
    /"y"/,
  ],
])('the guard refuses %s', (_, change, code, message) => {
  const failing = () => guardFile(negation(change));
  expect(failing).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
});

test('the names of a file are escaped in messages', () => {
  const name = 'x\n2026 ERROR \u001b[31m';
  const failing = () => guardFile(negation(({ graph }) => graph.output.push(value(name, FLOAT, []))));
  expect(failing).toThrow(/output "x\\n2026 ERROR \\u001b\[31m"/);
});
