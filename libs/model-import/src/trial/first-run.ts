// One run on random data, to see what a model's declarations do not say.

import { quoted } from '@athanor/onnx/files';
import type { Tensor } from '@athanor/tensor';
import type { DraftSignature } from '../signature.js';
import { numbersOf } from './numbers-of.js';
import { createRandom, randomInputs, TRIAL_SIZES } from './random-inputs.js';
import { type Trial, TrialFailure } from './trial.js';

export interface FirstRun {
  /** Undefined if no run succeeded. */
  readonly outputs: Readonly<Record<string, Tensor>> | undefined;
  /** False if the process was ended. */
  readonly isLoaded: boolean;
  /** Sentences. */
  readonly notes: readonly string[];
}

const SEED = 1;

/**
 * A model that fails on random data may still be right on its own (an index out of range, a size that does not fit), so that
 * is a note. Throws the signal's reason if it is aborted.
 */
export async function runOnce(trial: Trial, handle: number, signature: DraftSignature): Promise<FirstRun> {
  const isFixed = signature.inputs.every(({ shape }) => !shape.includes(-1));
  let failure = 'the inputs are too large';
  let isLoaded = true;
  for (const other of isFixed ? [1] : TRIAL_SIZES) {
    const feeds = randomInputs(signature.inputs, { rows: undefined, other }, createRandom(SEED));
    if (feeds === undefined) continue;
    try {
      const outputs = await trial.run(handle, feeds);
      return { outputs, isLoaded: true, notes: notesOn(outputs) };
    } catch (error) {
      if (!(error instanceof TrialFailure)) throw error;
      failure = error.message;
      isLoaded = error.kind === 'refused';
      if (!isLoaded) break;
    }
  }
  return { outputs: undefined, isLoaded, notes: [`a run on random data failed: ${failure}`] };
}

function notesOn(outputs: Readonly<Record<string, Tensor>>): string[] {
  const notes: string[] = [];
  for (const [name, value] of Object.entries(outputs)) {
    if (value.dtype !== 'FP16' && value.dtype !== 'FP32' && value.dtype !== 'FP64') continue;
    for (const number of numbersOf(value)) {
      if (Number.isFinite(number)) continue;
      notes.push(`output ${quoted(name)} had NaN or infinite numbers in a run on random data`);
      break;
    }
  }
  return notes;
}
