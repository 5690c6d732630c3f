import type { ComponentFamily } from '@athanor/components';
import { adam } from './adam.js';
import type { OptimizerKind } from './optimizer.js';
import { sgd } from './sgd.js';

export const OPTIMIZERS = {
  name: 'optimizer',
  kinds: { adam, sgd } as Readonly<Record<string, OptimizerKind>>,
} satisfies ComponentFamily<OptimizerKind>;
