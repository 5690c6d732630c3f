import { error, ratio, type Statistic } from '../metric.js';
import type { ClassBatch } from './class-batch.js';
import { binaryReliability, type Reliability, topReliability } from './reliability.js';

/**
 * Expected calibration error: the mean difference of predicted probability and observed frequency, over 15 bins of equal
 * width weighted by their rows (Guo et al. 2017).
 */
const calibrationErrorOf = (statistic: Statistic<ClassBatch, Reliability>) =>
  error('calibration_error', statistic, reliability => {
    let [sum, total] = [0, 0];
    for (const { rows, predicted, observed } of reliability.bins()) {
      sum += rows * Math.abs(predicted - observed);
      total += rows;
    }
    return ratio(sum, total);
  });

export const binaryCalibrationError = calibrationErrorOf(binaryReliability);
export const calibrationError = calibrationErrorOf(topReliability);
