// Trains the candidates of a model one after another, each as `train` does, and keeps the one that is best on the
// validation split. A checkpoint holds the figures of the finished candidates, the last checkpoint of the best of them,
// and that of the candidate that is being trained.

import type { ResolvedComponent } from '@athanor/components';
import { type NumericTensor, readSafetensors, type Tensor, tensor, writeSafetensors } from '@athanor/tensor';
import { ARCHITECTURES } from '../architectures/architectures.js';
import { withLearningRate } from '../optimizers/learning-rate.js';
import type { Score } from './checkpoint.js';
import { CheckpointCorrupt } from './errors.js';
import { isBetter } from './progress.js';
import { InvalidTrainingSpec, type TrainingSpec } from './spec.js';
import { type TrainingResult, train } from './train.js';
import type { TrainOptions } from './train-options.js';

/** One candidate that was trained. */
export interface Candidate {
  readonly model: ResolvedComponent;
  readonly epochs: number;
  readonly steps: number;
  /** On the validation split. */
  readonly score: Score;
}

type Completed = Extract<TrainingResult, { status: 'completed' }>;

export type BestResult =
  | Exclude<TrainingResult, Completed>
  | (Completed & {
      /** The spec with the model that was chosen. */
      readonly spec: TrainingSpec;
      /** Empty if there was no choice. */
      readonly candidates: readonly Candidate[];
    });

interface State {
  readonly finished: readonly Candidate[];
  /** Of the best finished candidate: its index and its last checkpoint. */
  readonly winner?: { readonly index: number; readonly checkpoint: Uint8Array };
}

/** Throws what `train` throws, and InvalidTrainingSpec if there is a choice without validation rows. */
export async function trainBest(options: TrainOptions): Promise<BestResult> {
  const { spec, data, resumeFrom } = options;
  const models = ARCHITECTURES.kinds[spec.model.kind]?.candidates?.(spec.model.parameters);
  if (models === undefined) {
    const result = await train(options);
    return result.status === 'stopped' ? result : { ...result, spec, candidates: [] };
  }
  if (data.validation.rows === 0)
    throw new InvalidTrainingSpec([`model '${spec.model.kind}' chooses by the validation split, which has no rows`]);
  let { state, inner } = resumeFrom ? readState(resumeFrom) : { state: { finished: [] } as State, inner: undefined };
  for (const model of models.slice(state.finished.length)) {
    const trained = await trainCandidate(options, { model, state, inner });
    if (trained.result.status === 'stopped') return trained.result;
    state = addFinished(state, model, { result: trained.result, checkpoint: trained.checkpoint });
    inner = undefined;
  }
  const { model } = state.finished[state.winner!.index]!;
  const chosen = { ...spec, model, optimizer: withLearningRate(spec.optimizer, model) };
  // Resuming after the last step gives the finished network.
  const result = await train({ spec: chosen, data, resumeFrom: state.winner!.checkpoint });
  if (result.status === 'stopped') throw new Error('a finished candidate was not complete');
  return { ...result, step: stepsOf(state), spec: chosen, candidates: state.finished };
}

interface CandidateWork {
  readonly model: ResolvedComponent;
  readonly state: State;
  readonly inner: Uint8Array | undefined;
}

/** Steps and epochs are counted over all candidates. */
async function trainCandidate(options: TrainOptions, { model, state, inner }: CandidateWork) {
  const stepsBefore = stepsOf(state);
  const epochsBefore = state.finished.reduce((sum, { epochs }) => sum + epochs, 0);
  let checkpoint = inner;
  const result = await train({
    ...options,
    spec: { ...options.spec, model },
    ...(inner ? { resumeFrom: inner } : { resumeFrom: undefined }),
    onChunk: report =>
      options.onChunk?.({
        ...report,
        epoch: epochsBefore + report.epoch,
        step: stepsBefore + report.step,
        totalSteps: stepsBefore + report.totalSteps,
      }),
    onEpoch: report => options.onEpoch?.({ ...report, epoch: epochsBefore + report.epoch }),
    onCheckpoint: async (bytes, cursor) => {
      checkpoint = bytes;
      await options.onCheckpoint?.(writeState(state, bytes), { ...cursor, step: stepsBefore + cursor.step });
    },
  });
  if (result.status === 'stopped') return { result: { ...result, step: stepsBefore + result.step }, checkpoint };
  return { result, checkpoint };
}

function addFinished(
  { finished, winner }: State,
  model: ResolvedComponent,
  { result, checkpoint }: { result: Completed; checkpoint: Uint8Array | undefined },
): State {
  const { epochs, step: steps, score, network } = result;
  if (score === undefined || checkpoint === undefined)
    throw new Error(`the candidate '${model.kind}' ended without a score or a checkpoint`);
  const before = winner && finished[winner.index]?.score;
  const isWinner = isBetter(score, before, network.task.primary);
  return {
    finished: [...finished, { model, epochs, steps, score }],
    ...(isWinner ? { winner: { index: finished.length, checkpoint } } : winner && { winner }),
  };
}

function stepsOf({ finished }: State): number {
  return finished.reduce((sum, { steps }) => sum + steps, 0);
}

const FORMAT = 'athanor.candidates/1';

function writeState({ finished, winner }: State, inner: Uint8Array): Uint8Array {
  const tensors = new Map<string, NumericTensor>([['inner', tensor('UINT8', [inner.length], inner)]]);
  if (winner !== undefined) tensors.set('winner', tensor('UINT8', [winner.checkpoint.length], winner.checkpoint));
  const metadata = { format: FORMAT, finished: JSON.stringify(finished), winner: String(winner?.index ?? -1) };
  return writeSafetensors({ tensors, metadata });
}

/** Throws CheckpointCorrupt. What the candidates' own checkpoints depend on is checked when they are resumed. */
function readState(bytes: Uint8Array): { state: State; inner: Uint8Array | undefined } {
  try {
    const { tensors, metadata } = readSafetensors(bytes);
    if (metadata.format !== FORMAT) throw new Error(`its format is ${metadata.format ?? '(none)'}`);
    const index = Number(metadata.winner);
    const bytesOf = (name: string) => (tensors.get(name) as Tensor<'UINT8'> | undefined)?.data;
    const checkpoint = bytesOf('winner');
    const winner = index >= 0 && checkpoint !== undefined ? { winner: { index, checkpoint } } : {};
    return { state: { finished: JSON.parse(metadata.finished!) as Candidate[], ...winner }, inner: bytesOf('inner') };
  } catch (cause) {
    throw new CheckpointCorrupt(`the checkpoint of candidates cannot be read: ${(cause as Error).message}`, { cause });
  }
}
