import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { constant, differentiable, listedOperators } from './gradients-table.testkit.js';

test('docs/gradients.md lists all operators: else run node libs/autodiff/gradients-table.mjs', () => {
  const document = readFileSync(new URL('../../../../docs/gradients.md', import.meta.url), 'utf8');
  expect(listedOperators(document)).toEqual({ differentiable, constant });
});
