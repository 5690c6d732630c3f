import { clipByGlobalNorm, clipByValue, type Optimizer, reportGlobalNorm } from '@athanor/autodiff';
import type { SharedParameters } from './optimizer.js';

/** What is done to gradients before the optimizer sees them. */
export function clipping({ clipNorm, clipValue, reportNorm }: SharedParameters): Optimizer {
  return [
    ...(clipValue > 0 ? [clipByValue(clipValue)] : []),
    ...(clipNorm > 0 ? [clipByGlobalNorm(clipNorm)] : reportNorm ? [reportGlobalNorm()] : []),
  ];
}
