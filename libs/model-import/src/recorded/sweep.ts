// Imports models that have recorded runs, and runs each that is imported with its recorded inputs.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesOf, type Tensor, widenBfloat16 } from '@athanor/tensor';
import { openArtifact } from '../artifact/artifact.js';
import { createGuard } from '../guarding/guard-process.js';
import { type ImportedModel, type ImportProcesses, importArtifact } from '../import-model.js';
import { ImportRefusal } from '../refusal.js';
import { createTrial, type Trial, TrialFailure } from '../trial/trial.js';
import { firstDifference, type Tolerance } from './first-difference.js';
import type { RecordedModel } from './recorded-model.js';

export interface SweepOptions {
  readonly tolerance: Tolerance;
  readonly signal: AbortSignal;
}

export interface SweepResult {
  readonly name: string;
  /** served: the outputs are the recorded ones. */
  readonly outcome: 'served' | 'differs' | 'refused' | 'run-failed';
  /** Of a refusal. */
  readonly code: string;
  readonly message: string;
  readonly imported: ImportedModel | undefined;
}

const LIMITS = { loadTimeoutMs: 120_000, runTimeoutMs: 60_000, memoryMb: 8_192 };

/** All models share one process for the guard and one for the runtime, which starts again if one of them ends it. */
export async function* sweep(models: Iterable<RecordedModel>, options: SweepOptions): AsyncGenerator<SweepResult> {
  const trial = createTrial(LIMITS, options.signal);
  const guard = createGuard({ timeoutMs: LIMITS.loadTimeoutMs, memoryMb: LIMITS.memoryMb }, options.signal);
  try {
    for (const model of models) yield await importAndRun(model, { guard, trial }, options);
  } finally {
    await Promise.all([guard.close(), trial.close()]);
  }
}

async function importAndRun(
  model: RecordedModel,
  processes: ImportProcesses,
  options: SweepOptions,
): Promise<SweepResult> {
  const scratch = await mkdtemp(join(tmpdir(), 'athanor-import-'));
  const { name } = model;
  try {
    const imported = await importArtifact(
      await openArtifact(model.folder),
      { scratch, batchAxis: undefined },
      processes,
    );
    const difference = await runRecorded(model, imported, processes.trial, options);
    const outcome = difference === undefined ? 'served' : 'differs';
    return { name, outcome, code: '', message: difference ?? '', imported };
  } catch (error) {
    if (error instanceof ImportRefusal) {
      return { name, outcome: 'refused', code: error.code, message: error.message, imported: undefined };
    }
    if (error instanceof TrialFailure) {
      return { name, outcome: 'run-failed', code: error.kind, message: error.message, imported: undefined };
    }
    throw error;
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/** @returns the first difference from the record, in words. */
async function runRecorded(
  model: RecordedModel,
  { files, signature }: ImportedModel,
  trial: Trial,
  options: SweepOptions,
): Promise<string | undefined> {
  const recorded = await model.readRun(signature);
  const { handle } = await trial.load(files[0]!.path);
  const feeds = Object.fromEntries(signature.inputs.map(({ name }) => [name, widened(recorded.inputs[name]!)]));
  const outputs = await trial.run(handle, feeds);
  await trial.unload(handle);
  for (const [name, expected] of Object.entries(recorded.outputs)) {
    const difference = firstDifference(outputs[name]!, widened(expected), options.tolerance);
    if (difference !== undefined) return `output "${name}": ${difference}`;
  }
  return undefined;
}

/** BF16 as FP32, which holds it exactly. */
function widened(value: Tensor): Tensor {
  return value.dtype === 'BF16' ? widenBfloat16(bytesOf(value), value.shape) : value;
}
