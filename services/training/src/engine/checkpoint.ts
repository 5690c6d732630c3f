// A checkpoint is one safetensors file: parameters and optimizer state by name, and in the metadata where training stood
// and under which conditions. The same state gives the same bytes.

import { createHash } from 'node:crypto';
import { canonicalJson } from '@athanor/contracts';
import { computeTarget, runtimeVersion } from '@athanor/runtime';
import { readSafetensors, SafetensorsError, sameShape, type Tensor, writeSafetensors } from '@athanor/tensor';
import { CheckpointCorrupt, CheckpointMismatch } from './errors.js';
import type { TrainingSpec } from './spec.js';

const FORMAT = 'athanor.checkpoint/1';

/** Where training stands: between two steps. */
export interface Cursor {
  /** From 0. */
  readonly epoch: number;
  /** Steps done in this epoch. */
  readonly stepInEpoch: number;
  /** Steps done since the start of the job. */
  readonly step: number;
  /** Over the steps of this epoch: Σ loss · rows, and rows predicted right. */
  readonly lossSum: number;
  readonly correct: number;
}

export interface Checkpoint {
  readonly cursor: Cursor;
  readonly state: ReadonlyMap<string, Tensor<'FP32'>>;
}

export function writeCheckpoint(spec: TrainingSpec, { cursor, state }: Checkpoint): Uint8Array {
  // Version N-1 reads a history of epochs here, which grew with them.
  const metadata = { ...conditions(spec), cursor: JSON.stringify({ ...cursor, history: [] }) };
  return writeSafetensors({ tensors: state, metadata });
}

/** Throws CheckpointCorrupt, or CheckpointMismatch when continuing would not give the bits of an uninterrupted run. */
export function readCheckpoint(spec: TrainingSpec, bytes: Uint8Array): Checkpoint {
  const { tensors, metadata } = parse(bytes);
  for (const [field, expected] of Object.entries(conditions(spec))) {
    const received = metadata[field] ?? '(none)';
    if (received !== expected) throw new CheckpointMismatch(field, expected, received);
  }
  return { cursor: parseCursor(metadata.cursor), state: tensors as ReadonlyMap<string, Tensor<'FP32'>> };
}

/** Throws CheckpointCorrupt unless the state is exactly what the job's graph carries. */
export function assertStateFits({ state }: Checkpoint, shapes: ReadonlyMap<string, readonly number[]>): void {
  for (const [name, shape] of shapes) {
    const value = state.get(name);
    if (value?.dtype !== 'FP32' || !sameShape(value.shape, shape)) {
      const received = value ? `${value.dtype} [${value.shape.join(',')}]` : 'nothing';
      throw new CheckpointCorrupt(`"${name}" must be FP32 [${shape.join(',')}], the checkpoint has ${received}`);
    }
  }
  const extra = [...state.keys()].find(name => !shapes.has(name));
  if (extra !== undefined) throw new CheckpointCorrupt(`the checkpoint has "${extra}", which this job does not know`);
}

function parseCursor(text: string | undefined): Cursor {
  try {
    const { history: _, ...cursor } = JSON.parse(text!) as Cursor & { readonly history?: unknown };
    return cursor;
  } catch (cause) {
    throw new CheckpointCorrupt('the checkpoint does not say where training stood', { cause });
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

// What decides the bits. How often to checkpoint and how many steps to run at once does not.
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
