import { describe, expect, it } from 'vitest';
import { rowTensors } from './row-tensors.js';
import type { ServedInput } from './served-columns.js';

const model = (input: Partial<ServedInput>, isBatched = true) => ({
  inputs: [{ name: 'x', datatype: 'FP32', kind: '', shape: [-1, 2], ...input }],
  ...{ classes: [], labels: new Map(), isBatched },
});

describe('rows of JSON', () => {
  it('are columns of a model that was trained on columns', () => {
    const [tensor] = rowTensors(model({ kind: 'number', shape: [-1, 1] }), [{ x: 1 }, { x: null }]);
    expect(tensor).toMatchObject({ shape: [2, 1], data: Float32Array.from([1, Number.NaN]) });
  });

  it('are stacked for an imported model with a batch, whatever its shape', () => {
    const [vector] = rowTensors(model({}), [{ x: [1, 2] }, { x: [3, 4] }]);
    expect(vector).toMatchObject({ shape: [2, 2], data: Float32Array.from([1, 2, 3, 4]) });
    const [single] = rowTensors(model({ datatype: 'INT32', shape: [-1, 1] }), [{ x: 7 }]);
    expect(single).toMatchObject({ shape: [1, 1], data: Int32Array.from([7]) });
    const [scalar] = rowTensors(model({ shape: [-1] }), [{ x: 1 }, { x: 2 }]);
    expect(scalar).toMatchObject({ shape: [2], data: Float32Array.from([1, 2]) });
  });

  it('are one request of a model without a batch', () => {
    const [tensor] = rowTensors(model({ shape: [2, -1] }, false), [{ x: [[1], [2]] }]);
    expect(tensor).toMatchObject({ shape: [2, 1] });
    expect(() => rowTensors(model({}, false), [{ x: [1] }, { x: [2] }])).toThrow('one request per run, got 2');
  });

  it('that do not fit are refused with the shape that is expected', () => {
    expect(() => rowTensors(model({}), [{ x: [1, 2, 3] }])).toThrow(/--json: expected shape \[-1, 2\].*got \[1, 3\]/);
  });
});
