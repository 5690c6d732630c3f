import { describe, expect, test } from 'vitest';
import { compareClasses } from './class-order.js';

describe('the order of classes', () => {
  test('is by value for numbers and by code unit for text', () => {
    expect(['10', '9', '1', '2'].sort(compareClasses)).toEqual(['1', '2', '9', '10']);
    expect(['b', 'ä', 'a', 'B'].sort(compareClasses)).toEqual(['B', 'a', 'b', 'ä']);
  });

  test('bug: numbers mixed with text had no consistent order, so the result depended on the order of the rows', () => {
    const names = ['5x', '10', '9', 'a', '1.0', '1'];
    const expected = ['1', '1.0', '9', '10', '5x', 'a'];
    for (let turn = 0; turn < names.length; turn++) {
      names.push(names.shift()!);
      expect([...names].sort(compareClasses)).toEqual(expected);
    }
  });
});
