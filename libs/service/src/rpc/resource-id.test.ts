import { expect, test } from 'vitest';
import { checkResourceId } from './resource-id.js';

test.each(['a', '7', 'digits', 'digits-2', 'simple_string', 'a'.repeat(63)])('the name %s is accepted', name => {
  expect(checkResourceId('model_name', name)).toBe(name);
});

test.each([
  ...['', '-a', 'a-', '_a', 'a_', 'Digits', 'a.b', 'a b', 'a@1', 'a/b', '*', '>', 'ä', 'a\n'],
  'a'.repeat(64),
])('the name %j is refused', name => {
  expect(() => checkResourceId('model_name', name)).toThrow(
    'model_name: expected 1 to 63 lower case letters, digits, hyphens and underscores',
  );
});
