import { toCamel } from '@athanor/contracts';
import type { FieldViolation } from '@athanor/service/errors';
import { DEFAULT_SETTINGS, type ServingSettings } from './serving-settings.js';

/** The parts that a mask names, in snake case or camel case; all unknown ones together. */
export function readResetMask(paths: readonly string[]): {
  reset: (keyof ServingSettings)[];
  violations: FieldViolation[];
} {
  const reset: (keyof ServingSettings)[] = [];
  const violations: FieldViolation[] = [];
  for (const path of paths) {
    const part = toCamel(path.replaceAll('_', '-'));
    if (Object.hasOwn(DEFAULT_SETTINGS, part)) reset.push(part as keyof ServingSettings);
    else
      violations.push({
        field: 'reset_mask',
        description: `expected some of ${Object.keys(DEFAULT_SETTINGS).join(', ')}, got '${path}'`,
      });
  }
  return { reset, violations };
}
