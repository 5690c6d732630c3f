import type { SignatureInput } from '@athanor/contracts/api';
import type { ModelVersion } from '@athanor/contracts/registry';
import type { EvaluatedImportInput, TrainingSpec, TrainingSpecInput } from '@athanor/contracts/training';
import { describe, expect, it } from 'vitest';
import type { ColumnFacts, DatasetFacts } from './dataset-facts.js';
import { resolveImported } from './resolve-imported.js';

const number = (name: string, changes: Partial<ColumnFacts> = {}): ColumnFacts => ({
  ...{ name, role: 'input', nullable: false, unique: 100, type: { kind: 'number', dtype: 'FP64' } },
  ...changes,
});

const FLOWERS: DatasetFacts = {
  ...{ name: 'flowers v1', trainRows: 100, validationRows: 10 },
  columns: [
    ...['a', 'b', 'c', 'd'].map(name => number(name)),
    number('kind', { role: 'target', type: { kind: 'category' }, unique: 3 }),
  ],
};
const withColumns = (...columns: ColumnFacts[]): DatasetFacts => ({ ...FLOWERS, columns });

const fp32 = (name: string, ...shape: number[]) => ({ name, datatype: 'FP32', shape, axes: [] });
const CLASSIFIER: SignatureInput = {
  inputs: [fp32('X', -1, 4)],
  outputs: [{ ...fp32('label', -1), datatype: 'INT64' }, fp32('probabilities', -1, 3)],
};
const withTarget = (changes: Partial<ColumnFacts>) =>
  withColumns(...FLOWERS.columns.slice(0, 4), number('kind', { role: 'target', ...changes }));
const single: SignatureInput = { ...CLASSIFIER, outputs: [fp32('p', -1, 1)] };
const CLASSES = ['x', 'y', 'z'];
const component = (kind: string) => ({ kind, version: 0, parameters: null });

interface Case {
  readonly signature?: SignatureInput;
  readonly facts?: DatasetFacts;
  readonly imported?: EvaluatedImportInput;
  readonly spec?: TrainingSpecInput;
  readonly version?: object;
}

function resolve({ signature = CLASSIFIER, facts = FLOWERS, imported, spec, version }: Case): TrainingSpecInput {
  const request = {
    targets: [],
    slices: [],
    task: null,
    evaluated: { imported: { inputs: [], scores: null, ...imported } },
  };
  const found = {
    ...{ modelName: 'm', version: 2, digest: 'sha256:v', jobIds: [], origin: {}, recommendedServing: null },
    files: [{ name: 'model.onnx', digest: 'sha256:f', byteSize: 10 }],
    signature: { classes: [], columns: [], task: '', ...signature },
    batching: { enabled: true, maxBatchSize: 0, reason: '' },
    ...version,
  };
  return resolveImported({ ...request, ...spec } as unknown as TrainingSpec, found as unknown as ModelVersion, facts);
}

const scoresOf = (work: Case) => resolve(work).evaluated?.imported?.scores;
const labels = (...names: string[]) => ({
  recommendedServing: { labels: { outputs: [{ output: 'probabilities', labels: names }] } },
});

describe('what a request leaves open', () => {
  it('is all inputs in their order, the only output of scores, and the labels of the version', () => {
    expect(resolve({ version: labels(...CLASSES) })).toEqual({
      ...{ inputs: ['a', 'b', 'c', 'd'], targets: ['kind'], slices: [] },
      task: { kind: 'multiclass', version: 1, parameters: expect.anything() },
      evaluated: {
        imported: {
          ...{ modelName: 'm', version: 2, versionDigest: 'sha256:v', batchSize: 32 },
          inputs: [{ input: 'X', datatype: 'FP32', shape: [-1, 4], columns: ['a', 'b', 'c', 'd'] }],
          files: [{ name: 'model.onnx', digest: 'sha256:f', byteSize: 10 }],
          scores: { output: 'probabilities', kind: 'KIND_UNSPECIFIED', classes: CLASSES },
        },
      },
    });
  });

  it('is the columns with the names of the inputs, however many there are', () => {
    const inputs = ['d', 'b'].map(name => fp32(name, -1, 1));
    const resolved = resolve({
      signature: { ...CLASSIFIER, inputs },
      imported: { scores: { output: '', classes: CLASSES } },
    });
    expect(resolved.inputs).toEqual(['d', 'b']);
  });

  it('is a vector column with as many elements as a row of the input', () => {
    const image = number('image', { type: { kind: 'vector', dtype: 'UINT8', shape: [2, 2] } });
    const facts = withColumns(image, number('kind', { role: 'target', type: { kind: 'number', dtype: 'INT64' } }));
    const resolved = resolve({ facts, signature: { ...CLASSIFIER, inputs: [fp32('X', -1, 1, 2, 2)] } });
    expect(resolved.inputs).toEqual(['image']);
    // Whole numbers are the positions of the scores.
    expect(resolved.evaluated?.imported?.scores?.classes).toEqual(['0', '1', '2']);
  });

  it('is a regression for a number and one score a row', () => {
    const facts = withColumns(number('a'), number('price', { role: 'target' }));
    const signature = { inputs: [fp32('X', -1, 1)], outputs: [fp32('y', -1, 1), fp32('spread', -1, 2)] };
    const resolved = resolve({ facts, signature });
    expect(resolved.task).toMatchObject({ kind: 'regression' });
    expect(resolved.evaluated?.imported?.scores).toEqual({ output: 'y', kind: 'KIND_UNSPECIFIED', classes: [] });
  });

  it('is a binary task for two classes, of which rows may have one probability', () => {
    const outputs = [fp32('probabilities', -1)];
    const resolved = resolve({ signature: { ...CLASSIFIER, outputs }, version: labels('no', 'yes') });
    expect(resolved.task).toMatchObject({ kind: 'binary' });
  });

  it('is one row a run for a model whose rows may depend on each other, and at most max_batch_size', () => {
    const version = { ...labels(...CLASSES), batching: { enabled: false, maxBatchSize: 0 } };
    const signature = { inputs: [fp32('X', 1, 4)], outputs: [fp32('probabilities', 1, 3)] };
    expect(resolve({ version, signature }).evaluated?.imported?.batchSize).toBe(1);
    const limited = { ...labels(...CLASSES), batching: { enabled: true, maxBatchSize: 8 } };
    expect(resolve({ version: limited }).evaluated?.imported?.batchSize).toBe(8);
  });
});

describe('what a request says', () => {
  it('is kept', () => {
    const imported = {
      inputs: [{ input: 'X', columns: ['d', 'c', 'b', 'a'] }],
      scores: { output: 'probabilities', kind: 'KIND_LOGITS' as const, classes: CLASSES },
    };
    expect(resolve({ imported }).inputs).toEqual(['d', 'c', 'b', 'a']);
    expect(scoresOf({ imported })).toEqual(imported.scores);
  });

  const of = (scores: object) => ({ imported: { scores: { output: '', classes: [], ...scores } } });
  const columns = (...names: string[]) => ({
    imported: { inputs: [{ input: 'X', columns: names }], scores: { output: '', classes: CLASSES } },
  });
  const inputs = (...tensors: object[]) => ({
    signature: { ...CLASSIFIER, inputs: tensors },
    version: labels(...CLASSES),
  });

  it.each<[string, Case, RegExp]>([
    ['classes that nobody knows', {}, /classes of 'probabilities' are not known.*name them in the order/],
    ['too few classes', of({ classes: ['x', 'y'] }), /expected 3 classes for 'probabilities' FP32 \[-1,3\], got 2/],
    ['a class twice', of({ classes: ['x', 'x', 'y'] }), /'x' is named twice/],
    ['an output that it does not have', of({ output: 'p' }), /no output 'p'; it has 'label', 'probabilities'/],
    ['an output of labels', of({ output: 'label' }), /expected FP32 or FP64 .* got 'label' INT64 \[-1\]/],
    [
      'an input that it does not have',
      { imported: { inputs: [{ input: 'Y', columns: ['a'] }] } },
      /no input 'Y'; it has 'X'/,
    ],
    ['a column that there is not', columns('a', 'b', 'c', 'e'), /flowers v1 has no column 'e'/],
    [
      'bug: a target as an input',
      {
        ...columns('a', 'b', 'c', 'd'),
        spec: { targets: ['d'] },
        signature: { ...CLASSIFIER, outputs: [fp32('y', -1)] },
      },
      /'d' is a target; a model cannot take what it predicts/,
    ],
    ['too few columns', columns('a', 'b'), /'X': FP32 \[-1,4\] takes 4 elements a row, 2 columns have 2/],
    ['text for numbers', columns('a', 'b', 'c', 'kind'), /'X': it takes FP32, 'kind' is/],
    ['numbers for text', inputs({ ...fp32('a', -1, 1), datatype: 'BYTES' }), /'a': it takes BYTES, 'a' is/],
    ['half precision', inputs({ ...fp32('a', -1, 1), datatype: 'FP16' }), /columns are not given as FP16/],
    [
      'two inputs without columns of their names',
      inputs(fp32('p', -1, 2), fp32('q', -1, 2)),
      /named as the input 'p'.*input 'q'/,
    ],
    ['sizes that are not known', inputs(fp32('X', -1, -1, -1)), /several variable sizes besides the batch/],
    [
      'a time-major model',
      { version: { batching: { enabled: false } }, signature: { ...CLASSIFIER, inputs: [fp32('X', 7, 4)] } },
      /first axis of 'X' FP32 \[7,4\] is not the row/,
    ],
    [
      'a task that it cannot be',
      { spec: { task: component('multilabel') } },
      /measured as binary, multiclass, regression; got 'multilabel'/,
    ],
    [
      'a regression on categories',
      { spec: { task: component('regression') }, signature: { ...CLASSIFIER, outputs: [fp32('y', -1)] } },
      /expected numbers as targets/,
    ],
    [
      'no target',
      { facts: withColumns(...FLOWERS.columns.slice(0, 4)), version: labels(...CLASSES) },
      /expected a column to compare the answers with/,
    ],
    [
      'two whole numbers, which may be classes',
      { facts: withTarget({ type: { kind: 'number', dtype: 'INT64' }, unique: 2 }), signature: single },
      /task: 'kind' has two values: say regression, or name the classes/,
    ],
    [
      'false and true by other names',
      {
        facts: withTarget({ type: { kind: 'number', dtype: 'BOOL' } }),
        signature: single,
        ...of({ classes: ['0', '1'] }),
      },
      /'kind' is false or true: name those in the order of the output/,
    ],
    [
      'three classes of a binary task',
      { spec: { task: component('binary') }, version: labels(...CLASSES) },
      /a binary task has 2 classes, 'probabilities' has 3; use multiclass/,
    ],
    [
      'classes of a regression',
      {
        facts: withTarget({}),
        signature: single,
        spec: { task: component('regression') },
        ...of({ classes: ['a', 'b'] }),
      },
      /a regression has neither classes nor logits/,
    ],
  ])('is refused with the reason: %s', (_, work, message) => {
    expect(() => resolve(work)).toThrow(message);
  });

  it('bug: a request of 100,000 classes blocked the service for half a minute', () => {
    const classes = Array.from({ length: 100_000 }, (_, index) => `class-${index}`);
    const begin = performance.now();
    expect(() => resolve(of({ classes }))).toThrow(/expected 3 classes .* got 100000/);
    expect(performance.now() - begin).toBeLessThan(2_000);
  });

  it('is refused for a version that was trained here', () => {
    const trained = { origin: null, jobIds: ['job-1'] };
    expect(() => resolve({ version: trained })).toThrow(/trained here; name the job that made it instead: job-1/);
  });
});
