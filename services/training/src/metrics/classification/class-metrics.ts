import type { Metric } from '../metric.js';
import { accuracy } from './accuracy.js';
import { balancedAccuracy } from './balanced-accuracy.js';
import { binaryBrier, brier } from './brier.js';
import { binaryCalibrationError, calibrationError } from './calibration-error.js';
import type { ClassBatch } from './class-batch.js';
import { f1, f1Averages } from './f1.js';
import { logLoss, loss } from './log-loss.js';
import { prAuc, prAucAverages } from './pr-auc.js';
import { precision, precisionAverages } from './precision.js';
import { recall, recallAverages } from './recall.js';
import { rocAuc, rocAucAverages } from './roc-auc.js';

/** Metrics of two classes: of the second one unless their name says otherwise. */
export const BINARY_METRICS: readonly Metric<ClassBatch>[] = [
  accuracy,
  loss,
  balancedAccuracy,
  rocAuc,
  prAuc,
  logLoss,
  binaryBrier,
  binaryCalibrationError,
  precision,
  recall,
  f1,
  ...precisionAverages,
  ...recallAverages,
  ...f1Averages,
];

/** Metrics of several classes. */
export const MULTICLASS_METRICS: readonly Metric<ClassBatch>[] = [
  accuracy,
  loss,
  balancedAccuracy,
  ...rocAucAverages,
  ...prAucAverages,
  logLoss,
  brier,
  calibrationError,
  ...precisionAverages,
  ...recallAverages,
  ...f1Averages,
];
