// A task says what is predicted: how targets become labels, what the network must end in, what is served, and what is
// measured.

import type { Loss } from '@athanor/autodiff';
import type { ComponentKind } from '@athanor/components';
import type { Column, ColumnValues } from '@athanor/data';
import type { GraphBuilder, Value } from '@athanor/onnx';
import type { NumericTensor } from '@athanor/tensor';
import type { SourceColumn } from '@athanor/transforms';
import type { Details } from '../metrics/details.js';
import type { MetricValue } from '../metrics/metric.js';

/** The metric that candidates of the model `auto` are compared by. Early stopping and the best weights go by the loss. */
export interface PrimaryMetric {
  readonly metric: string;
  readonly smallerIsBetter: boolean;
}

/** The probability from which a class or label is predicted. */
export interface DecisionThreshold {
  readonly value: number;
  /** How it was chosen, for people. */
  readonly source: string;
}

/** What is known of the targets when training starts. */
export interface TargetFacts {
  readonly columns: readonly SourceColumn[];
  /** Of the training split, one per column. */
  readonly train: readonly ColumnValues[];
  /** Of all splits, one per column: classes may occur outside the training split only. */
  readonly all: readonly ColumnValues[];
}

export interface Task<P = unknown> extends ComponentKind<P> {
  /** True, or why these targets cannot be predicted. */
  accepts(targets: readonly Column[], parameters: P): true | string;
  bind(parameters: P, facts: TargetFacts): BoundTask;
}

/** Measures scores against the truth, batch by batch. */
export interface TaskMeter {
  /** `scores` is row-major [n, width]. */
  add(scores: Float32Array, truth: NumericTensor): void;
  /** The first is the task's primary one, if it is defined on these rows. */
  metrics(): MetricValue[];
  details(): Details;
}

/** A task with what was learned from the targets. */
export interface BoundTask {
  readonly primary: PrimaryMetric;
  /** Of tasks that have one. */
  readonly threshold?: DecisionThreshold;
  /** What was learned from the training targets besides classes, as JSON. */
  readonly fitted?: object;
  /**
   * The task as it is served, for what is chosen after training by the scores of the validation split; undefined: there
   * is none.
   */
  finish?(validation: { readonly scores: Float32Array; readonly truth: NumericTensor } | undefined): BoundTask;
  /** Empty unless it is a classification. */
  readonly classes: readonly string[];
  /** Width of the network's raw outputs. */
  readonly outputWidth: number;
  readonly loss: Loss;
  /** Name of the share of rows that the loss counts as correct. */
  readonly correctMetric?: string;
  /** The targets as they are measured: class indices INT32 [N], FP64 [N, targets], or flags UINT8 [N, targets]. */
  truth(targets: readonly ColumnValues[]): NumericTensor;
  /** Type of a row's labels as the loss takes them, without the row dimension. */
  readonly labelType: { readonly dtype: 'INT32' | 'FP32'; readonly shape: readonly number[] };
  /** The targets as the loss takes them. */
  labels(truth: NumericTensor): NumericTensor;
  /** The weight of each row in the loss; without it all rows count alike. */
  rowWeights?(truth: NumericTensor): Float64Array;
  /** Emits the served outputs for raw outputs FP32 [n, outputWidth]. */
  emitOutputs(g: GraphBuilder, raw: Value): void;
  /** Name of the served output that is measured, and its number of values per row. */
  readonly scores: { readonly output: string; readonly width: number };
  /** Details cost memory and time; without them `details` of the meter is empty. */
  startMeter(wants?: { readonly details: boolean }): TaskMeter;
}

/** Targets whose values do not fit the task. */
export class UnsupportedTargets extends Error {
  override readonly name = 'UnsupportedTargets';
}
