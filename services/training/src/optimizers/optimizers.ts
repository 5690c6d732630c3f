import type { ComponentFamily } from '@athanor/components';
import { adagrad } from './adagrad.js';
import { adam } from './adam.js';
import { lion } from './lion.js';
import type { OptimizerKind } from './optimizer.js';
import { rmsProp } from './rms-prop.js';
import { sgd } from './sgd.js';

export const OPTIMIZERS = {
  name: 'optimizer',
  kinds: { adam, sgd, rmsprop: rmsProp, adagrad, lion } as Readonly<Record<string, OptimizerKind>>,
} satisfies ComponentFamily<OptimizerKind>;
