import { describe, expect, test } from 'vitest';
import { RuntimeFailure } from '../errors.js';
import { doubleModel } from '../models.testkit.js';
import { openSession } from '../session.js';
import { chooseProvider, computeTarget } from './choose-provider.js';
import { missingForCuda } from './cuda-libraries.js';

const missing = () => 'libcuda.so.1: cannot open shared object file: the NVIDIA driver';

describe('the execution provider', () => {
  test('is the CPU if no GPU is requested', () => {
    expect(chooseProvider('off', missing)).toEqual({ provider: 'cpu', problem: undefined });
    expect(chooseProvider('off', () => undefined)).toEqual({ provider: 'cpu', problem: undefined });
  });

  test('is CUDA if it is complete', () => {
    expect(chooseProvider('required', () => undefined).provider).toBe('cuda');
    expect(chooseProvider('preferred', () => undefined).provider).toBe('cuda');
  });

  test('is the CPU with the missing part, if a preferred GPU is unavailable', () => {
    expect(chooseProvider('preferred', missing)).toEqual({ provider: 'cpu', problem: missing() });
  });

  test('is a one-line error with the missing part, if a required GPU is unavailable', () => {
    expect(() => chooseProvider('required', missing)).toThrow(
      new RuntimeFailure('NO_GPU', `GPU required: ${missing()}`),
    );
  });

  test('is part of the conditions that decide the bits', () => {
    expect(computeTarget('cuda')).toBe(`${computeTarget('cpu')}+cuda:${computeTarget('cuda').split(':')[1]}`);
  });
});

const problem = missingForCuda();

test.skipIf(problem === undefined)('the missing part on this machine is reported, with a remedy', async () => {
  expect(problem).toMatch(/(libonnxruntime_providers|libcuda|libcu|libnv|linux\/x64).*/);
  expect(problem).not.toContain('\n');
  await expect(openSession(doubleModel, { intraOpThreads: 1, provider: 'cuda' })).rejects.toThrow();
});

test.skipIf(problem !== undefined)(
  `a model runs on the GPU${problem === undefined ? '' : ` (skipped: ${problem})`}`,
  async () => {
    const session = await openSession(doubleModel, { intraOpThreads: 1, provider: 'cuda' });
    await session.release();
  },
);
