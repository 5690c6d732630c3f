import type { Progress } from '@athanor/contracts/training';
import { figure } from '../output/render.js';

/** "step 20/40 loss 0.6931 gradient 1.25 rate 0.001 12,800 rows/s"; what is not known is left out. */
export function progressText(progress: Progress): string {
  const { step, totalSteps, loss, gradientNorm, learningRate, rowsPerSecond } = progress;
  const parts = [
    `step ${step}/${totalSteps}`,
    `loss ${figure(loss)}`,
    gradientNorm === undefined ? '' : `gradient ${short(gradientNorm)}`,
    learningRate === undefined ? '' : `rate ${short(learningRate)}`,
    rowsPerSecond === undefined ? '' : `${Math.round(rowsPerSecond).toLocaleString('en-US')} rows/s`,
  ];
  return parts.filter(Boolean).join(' ');
}

const short = (value: number): string => String(Number(value.toPrecision(3)));
