import type { Provider } from '../gradients/gradient.js';
import type { Loss } from '../losses/loss.js';
import type { Optimizer } from '../optimizers/transform.js';
import type { Network } from './network.js';

/** How an optimization step is computed. */
export interface StepSpec {
  readonly network: Network;
  /** Of the random numbers in training: an integer from 0 to 2^53 - 1; default: 0. */
  readonly seed?: number;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  /** If a step consists of several batches; default: it is one. */
  readonly accumulation?: AccumulationSpec;
  /** Of the parameters' moving average, which is kept besides them; 0: there is none (default). */
  readonly averageDecay?: number;
  /** Where the graph will run: gradients may have a faster form there. */
  readonly provider?: Provider;
}

export interface AccumulationSpec {
  /** Maximum number of batches per step, from 2. The last step of an epoch may have fewer. */
  readonly batches: number;
  /** Rows of each batch but the last of a step, which has the rest. */
  readonly batchRows: number;
}
