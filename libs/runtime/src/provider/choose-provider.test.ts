import { describe, expect, test } from 'vitest';
import { RuntimeFailure } from '../errors.js';
import { doubleModel } from '../models.testkit.js';
import { openSession } from '../session.js';
import { chooseProvider, computeTarget } from './choose-provider.js';
import { missingForCuda } from './cuda-libraries.js';

const missing = () => 'libcuda.so.1: cannot open shared object file: the NVIDIA driver';

describe('the execution provider', () => {
  test('is the CPU where no GPU is asked for, whatever there is', () => {
    expect(chooseProvider('off', missing)).toEqual({ provider: 'cpu', problem: undefined });
    expect(chooseProvider('off', () => undefined)).toEqual({ provider: 'cpu', problem: undefined });
  });

  test('is CUDA where it is complete', () => {
    expect(chooseProvider('required', () => undefined).provider).toBe('cuda');
    expect(chooseProvider('preferred', () => undefined).provider).toBe('cuda');
  });

  test('preferred in vain is the CPU, with what is missing', () => {
    expect(chooseProvider('preferred', missing)).toEqual({ provider: 'cpu', problem: missing() });
  });

  test('required in vain is an error of one line that says what is missing', () => {
    expect(() => chooseProvider('required', missing)).toThrow(
      new RuntimeFailure('NO_GPU', `GPU required: ${missing()}`),
    );
  });

  test('is part of what decides the bits', () => {
    expect(computeTarget('cuda')).toBe(`${computeTarget('cpu')}+cuda:${computeTarget('cuda').split(':')[1]}`);
  });
});

const problem = missingForCuda();

test.skipIf(problem === undefined)('what is missing here is named, with who brings it', async () => {
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
