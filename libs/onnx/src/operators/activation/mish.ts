import { unary } from '../elementwise.js';
import { logOnePlusExp } from './softplus.js';

/** x·tanh(softplus(x)) (Misra 2019). */
export const mish = unary({ since: 18, real: x => x * Math.tanh(logOnePlusExp(x)) });
