import type { KindDescription } from '@athanor/components';
import { toStruct } from '@athanor/contracts';
import type { ComponentKindInput } from '@athanor/contracts/api';
import type { AttemptInput, TrainingJobInput, TransitionInput } from '@athanor/contracts/training';
import { toTimestamp } from '@athanor/service';
import {
  type AttemptRow,
  type Db,
  type JobRow,
  type JobSummaryRow,
  listAttempts,
  listTransitions,
  type TransitionRow,
} from '../store/jobs.js';

/** A job without the fields that grow with its length. */
export function summarizeJob(row: JobSummaryRow): TrainingJobInput {
  return {
    jobId: row.job_id,
    modelName: row.model_name,
    spec: row.spec,
    state: row.state,
    phase: row.phase,
    progress: row.progress,
    error: row.error,
    createTime: toTimestamp(row.create_time),
    endTime: row.end_time && toTimestamp(row.end_time),
  };
}

/** A job with its history. */
export async function describeJob(db: Db, row: JobRow): Promise<TrainingJobInput> {
  const [transitions, attempts] = await Promise.all([listTransitions(db, row.job_id), listAttempts(db, row.job_id)]);
  return {
    ...summarizeJob(row),
    transitions: transitions.map(toTransition),
    attempts: attempts.map(toAttempt),
    result: row.result,
  };
}

function toTransition({ state, phase, reason, message, time }: TransitionRow): TransitionInput {
  return { state, phase, reason, message, time: toTimestamp(time) };
}

function toAttempt(row: AttemptRow): AttemptInput {
  return {
    attemptId: row.attempt_id,
    epoch: row.epoch,
    state: row.state,
    resumedFromStep: row.resumed_from_step,
    startTime: toTimestamp(row.start_time),
    endTime: row.end_time && toTimestamp(row.end_time),
    message: row.message,
    executorRef: row.executor_ref,
  };
}

export function toKindMessage({ parametersSchema, ...rest }: KindDescription): ComponentKindInput {
  return { ...rest, parametersSchema: toStruct(parametersSchema) };
}
