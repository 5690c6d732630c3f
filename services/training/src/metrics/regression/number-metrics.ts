import type { DetailMeasures } from '../meter.js';
import type { Metric } from '../metric.js';
import { mae } from './mae.js';
import { mape } from './mape.js';
import { medianAbsoluteError } from './median-absolute-error.js';
import { loss, mse } from './mse.js';
import type { NumberBatch } from './number-batch.js';
import { predictionSample } from './prediction-sample.js';
import { r2 } from './r2.js';
import { residuals } from './residuals.js';
import { rmse } from './rmse.js';

/** Metrics of numbers; of several targets the mean over them. */
export const REGRESSION_METRICS: readonly Metric<NumberBatch>[] = [rmse, loss, mae, mse, mape, medianAbsoluteError, r2];

export const REGRESSION_DETAILS: DetailMeasures<NumberBatch> = { residuals, sample: predictionSample };
