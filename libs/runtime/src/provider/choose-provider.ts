import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RuntimeFailure } from '../errors.js';
import { instructionSet } from '../instruction-set.js';
import { missingForCuda } from './cuda-libraries.js';

/** ONNX Runtime's execution providers that we use. */
export type ExecutionProvider = 'cpu' | 'cuda';

/** required: fail without a GPU; preferred: fall back to the CPU and report it. */
export const GPU_MODES = ['off', 'preferred', 'required'] as const;
export type GpuMode = (typeof GPU_MODES)[number];

export interface ChosenProvider {
  readonly provider: ExecutionProvider;
  /** Why a preferred GPU is unavailable; undefined otherwise. */
  readonly problem: string | undefined;
}

/** Throws RuntimeFailure NO_GPU with the missing part, in one line, if a required GPU is unavailable. */
export function chooseProvider(mode: GpuMode, missing: () => string | undefined = missingForCuda): ChosenProvider {
  if (mode === 'off') return { provider: 'cpu', problem: undefined };
  const problem = missing();
  if (problem === undefined) return { provider: 'cuda', problem };
  if (mode === 'required') throw new RuntimeFailure('NO_GPU', `GPU required: ${problem}`);
  return { provider: 'cpu', problem };
}

/**
 * Decides the bits of a result, together with model, data, threads and ONNX Runtime: for example "x64-avx2", or with
 * the GPU.
 */
export function computeTarget(provider: ExecutionProvider): string {
  return provider === 'cpu' ? instructionSet() : `${instructionSet()}+cuda:${gpuModel()}`;
}

const GPUS = '/proc/driver/nvidia/gpus';

function gpuModel(): string {
  try {
    const [first = ''] = readdirSync(GPUS);
    const model = /^Model:\s*(.+)$/m.exec(readFileSync(join(GPUS, first, 'information'), 'utf8'))?.[1];
    return model?.trim().replaceAll(/\s+/g, '-') ?? 'unknown';
  } catch {
    return 'unknown';
  }
}
