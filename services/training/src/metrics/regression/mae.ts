import { meanOf } from '../mean.js';
import { error } from '../metric.js';
import { type NumberBatch, sumOver } from './number-batch.js';

const absoluteError = meanOf((batch: NumberBatch) => sumOver(batch, (said, value) => Math.abs(said - value)));

export const mae = error('mae', absoluteError, mean => mean.value());
