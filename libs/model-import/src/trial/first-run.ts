// One run on random data, to see what a model's declarations do not say.

import { quoted } from '@athanor/onnx';
import type { Tensor } from '@athanor/tensor';
import { TRIAL_SIZES } from '../batching/probe.js';
import { numbersOf } from '../batching/rows.js';
import { ImportRefusal } from '../refusal.js';
import type { DraftSignature } from '../signature.js';
import { createRandom, randomInputs } from './random-inputs.js';
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
 * is a note. Throws ImportRefusal SHAPE_CONTRADICTS; the signal's reason if it is aborted.
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
      // With variable inputs a size may follow from one that does not fit the declared ones.
      if (isFixed) checkShapes(signature, outputs);
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

function checkShapes({ outputs: declared }: DraftSignature, outputs: Readonly<Record<string, Tensor>>): void {
  for (const { name, shape } of declared) {
    const received = outputs[name]!.shape;
    const fits =
      shape === undefined ||
      (shape.length === received.length && shape.every((size, axis) => size < 0 || size === received[axis]));
    if (fits) continue;
    const message = `output ${quoted(name)} is declared as [${shape!.join(',')}], but a run makes [${received.join(',')}]`;
    throw new ImportRefusal('SHAPE_CONTRADICTS', `${message}; correct the declared shape and import again`);
  }
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
