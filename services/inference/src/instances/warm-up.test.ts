import { ServiceError } from '@athanor/service';
import type { Tensor } from '@athanor/tensor';
import { tensor } from '@athanor/tensor';
import { describe, expect, it } from 'vitest';
import type { ModelSpec } from '../served-models/model-spec.js';
import { toServingPlan } from '../served-models/serving-plan.js';
import { type Instance, InstanceLost } from './instance.js';
import { warmUpWithZeros } from './warm-up.js';

const SPEC: ModelSpec = {
  inputs: [
    { name: 'x', dtype: 'FP32', dims: [2] },
    { name: 't', dtype: 'BYTES', dims: [1] },
  ],
  outputs: [{ name: 'y', dtype: 'FP32', dims: [1] }],
  maxBatchSize: 8,
  labels: new Map(),
};

const ANY = { rows: [1, 8], mayFail: true };

/** Records the inputs of its runs, which fail if they are told to. */
function recorder({ failure }: { readonly failure?: Error } = {}) {
  const runs: Readonly<Record<string, Tensor>>[] = [];
  const execute: Instance['execute'] = async inputs => {
    runs.push(inputs);
    const rows = inputs.x!.shape[0]!;
    if (failure !== undefined) throw failure;
    return { y: tensor('FP32', [rows, 1], new Float32Array(rows)) };
  };
  return { runs, instance: { execute } as Instance };
}

describe('a warm-up with zeros', () => {
  it('has a run for each number of rows, with zeros and empty texts', async () => {
    const { runs, instance } = recorder();
    await warmUpWithZeros(instance, SPEC, { rows: [1, 8], mayFail: false });
    expect(runs.map(({ x, t }) => [x!.shape, t!.shape])).toEqual([
      [
        [1, 2],
        [1, 1],
      ],
      [
        [8, 2],
        [8, 1],
      ],
    ]);
    expect(runs[0]!.x!.data).toEqual(new Float32Array(2));
    expect(runs[0]!.t!.data).toEqual(['']);
  });

  it('may fail in the runtime for an imported model, but not lose its instance, nor lie about its outputs', async () => {
    const refused = recorder({
      failure: new ServiceError('INTERNAL', 'onnx runtime error: empty text is not a number'),
    });
    await warmUpWithZeros(refused.instance, SPEC, ANY);
    expect(refused.runs).toHaveLength(2);
    await expect(warmUpWithZeros(refused.instance, SPEC, { rows: [1], mayFail: false })).rejects.toThrow(
      'not a number',
    );
    const lost = recorder({ failure: new InstanceLost('ended with SIGSEGV') });
    await expect(warmUpWithZeros(lost.instance, SPEC, ANY)).rejects.toThrow('SIGSEGV');
    const other = { ...SPEC, outputs: [{ name: 'z', dtype: 'FP32' as const, dims: [1] }] };
    await expect(warmUpWithZeros(recorder().instance, other, ANY)).rejects.toThrow("no output 'z'");
  });

  it('is none if a size is variable', async () => {
    const { runs, instance } = recorder();
    await warmUpWithZeros(instance, { ...SPEC, inputs: [{ name: 'x', dtype: 'FP32', dims: [-1] }] }, ANY);
    expect(runs).toEqual([]);
  });
});

it('bug: a deployment without a warm-up of its own had none, since the registry says that with an empty list', () => {
  const settings = { scheduler: null, isolation: null, instances: 0, threadsPerInstance: 0, labels: null };
  const plan = toServingPlan({ ...settings, gpu: 'GPU_UNSPECIFIED', warmUp: { samples: [] } });
  expect(plan.warmUp).toBeUndefined();
});
