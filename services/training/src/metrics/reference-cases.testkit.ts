// The cases of scikit-learn.json, by the family of their task.

import { readFileSync } from 'node:fs';
import { type ClassBatch, toClassBatch } from './classification/class-batch.js';
import { BINARY_DETAILS, MULTICLASS_DETAILS } from './classification/class-details.js';
import { BINARY_METRICS, MULTICLASS_METRICS } from './classification/class-metrics.js';
import { Meter, type MeterSpec } from './meter.js';
import { toLabelBatch } from './multilabel/label-batch.js';
import { MULTILABEL_DETAILS, MULTILABEL_METRICS } from './multilabel/label-metrics.js';
import { REGRESSION_DETAILS, REGRESSION_METRICS } from './regression/number-metrics.js';

export interface ReferenceCase {
  readonly family: 'binary' | 'multiclass' | 'multilabel' | 'regression';
  readonly title: string;
  /** Classes, labels or targets. */
  readonly width: number;
  readonly threshold: number;
  readonly scores: readonly number[];
  readonly truth: readonly number[];
  /** null: not defined. */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Rows, mean prediction and observed frequency of the bins that are not empty. */
  readonly reliability?: readonly (readonly [number, number, number])[];
  /** False and true positive rates. */
  readonly roc?: readonly [readonly number[], readonly number[]] | null;
  /** Row-major. */
  readonly confusion?: readonly number[];
}

export function referenceCases(): ReferenceCase[] {
  const file = readFileSync(new URL('scikit-learn.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { cases: ReferenceCase[] }).cases;
}

/** A meter of the case's family that takes rows `begin` up to `end`. */
export interface CaseMeter {
  readonly meter: Meter<unknown>;
  add(begin: number, end: number): void;
}

export function startMeter(reference: ReferenceCase): CaseMeter {
  const { family, width, threshold } = reference;
  const scores = (begin: number, end: number) => Float32Array.from(reference.scores.slice(begin * width, end * width));
  const truth = (begin: number, end: number) => reference.truth.slice(begin * width, end * width);
  switch (family) {
    case 'binary':
    case 'multiclass': {
      const isBinary = family === 'binary';
      const metrics = isBinary ? BINARY_METRICS : MULTICLASS_METRICS;
      const details = isBinary ? BINARY_DETAILS : MULTICLASS_DETAILS;
      return meterOf<ClassBatch>({ metrics, details, width }, (begin, end) => {
        const labels = Int32Array.from(reference.truth.slice(begin, end));
        return toClassBatch(scores(begin, end), labels, width, isBinary ? threshold : undefined);
      });
    }
    case 'multilabel':
      return meterOf({ metrics: MULTILABEL_METRICS, details: MULTILABEL_DETAILS, width }, (begin, end) =>
        toLabelBatch(scores(begin, end), Uint8Array.from(truth(begin, end)), width, threshold),
      );
    case 'regression':
      return meterOf({ metrics: REGRESSION_METRICS, details: REGRESSION_DETAILS, width }, (begin, end) => ({
        ...{ rows: end - begin, targets: width },
        ...{ predictions: scores(begin, end), truth: Float64Array.from(truth(begin, end)) },
      }));
  }
}

function meterOf<B>(spec: MeterSpec<B>, batch: (begin: number, end: number) => B): CaseMeter {
  const meter = new Meter(spec);
  return { meter: meter as Meter<unknown>, add: (begin, end) => meter.add(batch(begin, end)) };
}
