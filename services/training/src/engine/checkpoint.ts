// A checkpoint is one safetensors file: parameters and optimizer state by name; its metadata holds the training
// position and the conditions it was made under. Equal state gives equal bytes.

import { createHash } from 'node:crypto';
import { canonicalJson } from '@athanor/contracts';
import { computeTarget, runtimeVersion } from '@athanor/runtime';
import { readSafetensors, SafetensorsError, sameShape, type Tensor, writeSafetensors } from '@athanor/tensor';
import { CheckpointCorrupt, CheckpointMismatch } from './errors.js';
import type { TrainingSpec } from './spec.js';

const FORMAT = 'athanor.checkpoint/4';

/** The training position, between two steps. */
export interface Cursor {
  /** From 0. */
  readonly epoch: number;
  /** Steps completed in this epoch. */
  readonly stepInEpoch: number;
  /** Steps completed since the start of the job. */
  readonly step: number;
  /** Totals over the steps of this epoch: Σ loss · weights of the rows, and correctly predicted rows. */
  readonly lossSum: number;
  readonly correct: number;
  /** Likewise, of the global norms of the gradients; absent where they are not reported. */
  readonly gradientNormSum?: number;
  /** Of the completed epochs, where there are validation rows. */
  readonly validationLosses: readonly number[];
}

/** How good weights are on the validation split: the task's primary metric, and the loss where that is equal. */
export interface Score {
  readonly value: number;
  readonly loss: number;
}

/** The best weights so far. */
export interface Best extends Score {
  /** From 0. */
  readonly epoch: number;
  readonly weights: ReadonlyMap<string, Tensor<'FP32'>>;
}

export interface Checkpoint {
  readonly cursor: Cursor;
  /** Trained parameters, optimizer state and buffers. */
  readonly state: ReadonlyMap<string, Tensor<'FP32'>>;
  readonly best?: Best;
}

/** Prefix of the best weights among a checkpoint's tensors. */
const BEST = 'best/';

export function writeCheckpoint(spec: TrainingSpec, { cursor, state, best }: Checkpoint): Uint8Array {
  const bestTensors = [...(best?.weights ?? [])].map(([name, value]) => [`${BEST}${name}`, value] as const);
  const metadata: Record<string, string> = { ...conditions(spec), cursor: JSON.stringify(cursor) };
  if (best !== undefined) metadata.best = JSON.stringify({ epoch: best.epoch, value: best.value, loss: best.loss });
  return writeSafetensors({ tensors: new Map([...state, ...bestTensors]), metadata });
}

/** Throws CheckpointCorrupt, or CheckpointMismatch if continuing would not give the bits of an uninterrupted run. */
export function readCheckpoint(spec: TrainingSpec, bytes: Uint8Array): Checkpoint {
  const { tensors, metadata } = parse(bytes);
  for (const [field, expected] of Object.entries(conditions(spec))) {
    const received = metadata[field] ?? '(none)';
    if (received !== expected) throw new CheckpointMismatch(field, expected, received);
  }
  const all = [...(tensors as ReadonlyMap<string, Tensor<'FP32'>>)];
  const state = new Map(all.filter(([name]) => !name.startsWith(BEST)));
  const best = all
    .filter(([name]) => name.startsWith(BEST))
    .map(([name, value]) => [name.slice(BEST.length), value] as const);
  return { cursor: parseCursor(metadata.cursor), state, ...parseBest(metadata.best, new Map(best)) };
}

function parseBest(text: string | undefined, weights: Best['weights']): { readonly best?: Best } {
  if (text === undefined) return {};
  try {
    return { best: { ...(JSON.parse(text) as Omit<Best, 'weights'>), weights } };
  } catch (cause) {
    throw new CheckpointCorrupt('the checkpoint has no valid best epoch', { cause });
  }
}

/** Throws CheckpointCorrupt unless the tensors are exactly those of the job's training graph. */
export function assertStateFits({ state }: Checkpoint, shapes: ReadonlyMap<string, readonly number[]>): void {
  for (const [name, shape] of shapes) {
    const value = state.get(name);
    if (value?.dtype !== 'FP32' || !sameShape(value.shape, shape)) {
      const received = value ? `${value.dtype} [${value.shape.join(',')}]` : 'nothing';
      throw new CheckpointCorrupt(`"${name}" must be FP32 [${shape.join(',')}], the checkpoint has ${received}`);
    }
  }
  const extra = [...state.keys()].find(name => !shapes.has(name));
  if (extra !== undefined) throw new CheckpointCorrupt(`the checkpoint has "${extra}", which is no tensor of this job`);
}

function parseCursor(text: string | undefined): Cursor {
  try {
    return JSON.parse(text!) as Cursor;
  } catch (cause) {
    throw new CheckpointCorrupt('the checkpoint has no valid training position', { cause });
  }
}

function parse(bytes: Uint8Array) {
  try {
    return readSafetensors(bytes);
  } catch (cause) {
    if (!(cause instanceof SafetensorsError)) throw cause;
    throw new CheckpointCorrupt(`the checkpoint cannot be read: ${cause.message}`, { cause });
  }
}

// Everything that decides the bits of the result. The checkpoint interval and the chunk size do not.
function conditions(spec: TrainingSpec): Record<string, string> {
  const { checkpointEverySteps: _, chunkSteps: __, cpuThreads, provider = 'cpu', seed, ...rest } = spec;
  return {
    format: FORMAT,
    seed: String(seed),
    cpuThreads: String(cpuThreads),
    runtimeVersion,
    instructionSet: computeTarget(provider),
    specDigest: createHash('sha256').update(canonicalJson(rest)).digest('hex'),
  };
}
