import { describe, expect, it } from 'vitest';
import { portBase, positiveNumber, positiveNumbers, realNumber, share, wholeNumber } from './number-options.js';

describe('numbers on the command line', () => {
  it.each(['1.5', 'abc', '', ' ', '-1', '1e3', '0x10', '99999999999999999999'])(
    'bug: %j was accepted as a whole number',
    text => {
      expect(() => wholeNumber(text)).toThrow('expected a whole number, 0 or more');
      expect(() => positiveNumber(text)).toThrow('expected a whole number');
    },
  );

  it.each(['', ' ', 'x', 'Infinity', 'NaN'])('bug: %j was accepted as a number', text => {
    expect(() => realNumber(text)).toThrow('expected a number');
  });

  it('are parsed to their value', () => {
    expect(wholeNumber('0')).toBe(0);
    expect(positiveNumber('12')).toBe(12);
    expect(realNumber('-1e-3')).toBe(-0.001);
    expect(share('0.25')).toBe(0.25);
    expect(portBase('9000')).toBe(9_000);
    expect(positiveNumbers('64,32')).toEqual([64, 32]);
    expect(positiveNumbers('')).toEqual([]);
  });

  it('respect their bounds', () => {
    expect(() => positiveNumber('0')).toThrow('1 or more');
    expect(() => share('1')).toThrow('less than 1');
    expect(() => portBase('80')).toThrow('1024 to 65000');
    expect(() => positiveNumbers('64,')).toThrow('expected a whole number');
  });
});
