import type { ComponentFamily } from '@athanor/components';
import { categoryVariants } from './category-variants.js';
import type { Check } from './check.js';
import { classImbalance } from './class-imbalance.js';
import { classWithoutTrainingRows } from './class-without-training-rows.js';
import { conflictingTarget } from './conflicting-target.js';
import { constantColumn } from './constant-column.js';
import { dateAsNumber } from './date-as-number.js';
import { duplicate } from './duplicate.js';
import { identifierLike } from './identifier-like.js';
import { missingTarget } from './missing-target.js';
import { mixedTypes } from './mixed-types.js';
import { nearConstant } from './near-constant.js';
import { outliers } from './outliers.js';
import { overlapWithTest } from './overlap-with-test.js';
import { targetLeakage } from './target-leakage.js';

/**
 * All checks, in the order in which they run: what is an identifier is no input of the others, and a row with several
 * flaws is removed by the first.
 */
export const CHECKS: Readonly<Record<string, Check>> = {
  'identifier-like': identifierLike,
  'missing-target': missingTarget,
  'constant-column': constantColumn,
  'near-constant': nearConstant,
  duplicate,
  'conflicting-target': conflictingTarget,
  'test-overlap': overlapWithTest,
  'test-only-class': classWithoutTrainingRows,
  'mixed-types': mixedTypes,
  'category-variants': categoryVariants,
  'date-as-number': dateAsNumber,
  outliers,
  'target-leakage': targetLeakage,
  'class-imbalance': classImbalance,
};

export const CHECK_FAMILY: ComponentFamily<Check> = { name: 'check', kinds: CHECKS };
