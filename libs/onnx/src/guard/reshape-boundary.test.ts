import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { FLOAT, negation, node, value } from './file-models.testkit.js';
import { guardFile } from './guard-file.js';
import type { BoundaryReshape } from './reshape-boundary.js';

const file = (x: (number | string)[], y: (number | string)[]) =>
  negation(({ graph }) => {
    graph.input = [value('x', FLOAT, x)];
    graph.output = [value('y', FLOAT, y)];
  });
const reshape = (role: 'input' | 'output', dims: number[], shape: number[], isBatched = false): BoundaryReshape => ({
  ...{ role, dims, shape, isBatched },
  name: role === 'input' ? 'x' : 'y',
});

async function run(bytes: Uint8Array, reshapes: BoundaryReshape[], data: number[], dims: number[]) {
  const { boundary, rewritten, changes } = guardFile(bytes, { reshapes });
  const session = await InferenceSession.create(rewritten!, { logSeverityLevel: 4 });
  const { y } = await session.run({ x: new Tensor('float32', data, dims) });
  await session.release();
  return { boundary, changes, y: { dims: y!.dims, data: [...(y!.data as Float32Array)] } };
}

describe('a reshape', () => {
  it('takes and gives the shapes of config.pbtxt, without a batch', async () => {
    const both = [reshape('input', [2, 3], [1, 2, 3]), reshape('output', [6], [1, 2, 3])];
    const { boundary, changes, y } = await run(file([1, 2, 3], [1, 2, 3]), both, [1, 2, 3, 4, 5, 6], [2, 3]);
    expect(boundary.inputs).toEqual([{ name: 'x', dtype: 'FP32', shape: [2, 3] }]);
    expect(boundary.outputs).toEqual([{ name: 'y', dtype: 'FP32', shape: [6] }]);
    expect(y).toEqual({ dims: [6], data: [-1, -2, -3, -4, -5, -6] });
    expect(changes).toEqual([
      'input "x" is served as [2,3] and reshaped to [1,2,3], as config.pbtxt says',
      'output "y" is served as [6] and reshaped to [1,2,3], as config.pbtxt says',
    ]);
  });

  it('keeps a batch of any size, also for a row of one number, and sizes that vary', async () => {
    // As Triton's documentation: a model of [batch] with dims [1] and the empty shape.
    const scalars = [reshape('input', [1], [], true), reshape('output', [1], [], true)];
    const row = await run(file(['N'], ['N']), scalars, [1, 2, 3], [3, 1]);
    expect(row.boundary.inputs[0]!.shape).toEqual(['N', 1]);
    expect(row.y).toEqual({ dims: [3, 1], data: [-1, -2, -3] });
    const varying = [reshape('input', [-1], [1, -1], true), reshape('output', [-1], [1, -1], true)];
    const wide = await run(file(['N', 1, 'w'], ['N', 1, 'w']), varying, [1, 2, 3, 4], [2, 2]);
    expect(wide.y).toEqual({ dims: [2, 2], data: [-1, -2, -3, -4] });
  });

  it.each<[string, BoundaryReshape[], RegExp]>([
    ['another size', [reshape('input', [2, 3], [2, 3])], /reshape of input "x" to \[2,3\], the file has \[1,2,3\]/],
    ['another number of elements', [reshape('input', [7], [1, 2, 3])], /\[7\] and \[1,2,3\] have different numbers/],
    ['two variable sizes', [reshape('input', [-1, -1], [1, 2, 3])], /\[-1,-1\] has more than one variable size/],
    ['an unknown name', [{ ...reshape('input', [6], [1, 2, 3]), name: 'z' }], /input "z", the model has "x"/],
  ])('is refused for %s', (_, reshapes, message) => {
    expect(() => guardFile(file([1, 2, 3], [1, 2, 3]), { reshapes })).toThrow(message);
  });

  it('is refused for a value that is an input and an output', () => {
    const bytes = negation(({ graph }) => {
      graph.output = [value('x', FLOAT, ['N', 2]), value('y', FLOAT, ['N', 2])];
      graph.node = [node('Neg', ['x'], ['y'])];
    });
    const reshapes = [{ ...reshape('output', [2, 1], [2], true), name: 'x' }];
    expect(() => guardFile(bytes, { reshapes })).toThrow(/is an input and an output/);
  });
});
