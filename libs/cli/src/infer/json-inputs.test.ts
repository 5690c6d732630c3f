import { describe, expect, it } from 'vitest';
import { readInputs, toInputTensors } from './json-inputs.js';

const X = [{ name: 'x', datatype: 'UINT8', shape: [-1, 2] }];

describe('--inputs', () => {
  it('is converted to a tensor per input', () => {
    const [tensor] = toInputTensors(X, {
      x: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    });
    expect(tensor).toEqual({ name: 'x', datatype: 'UINT8', shape: [3, 2], data: Uint8Array.of(1, 2, 3, 4, 5, 6) });
  });

  it.each([
    ['ragged rows were sent unchanged', { x: [[1, 2], [3]] }, 'x[1]: expected an array of 2 like the first one, got 1'],
    [
      'a value instead of a row was accepted',
      { x: [[1, 2], 3] },
      'x[1]: expected an array of 2 like the first one, got 3',
    ],
    ['a row instead of a value was accepted', { x: [1, [2]] }, 'x[1]: expected a value, got an array'],
    [
      '300 wrapped to 44',
      { x: [[1, 300]] },
      "input 'x', element 1: UINT8 expects a whole number from 0 to 255, got 300",
    ],
    ['text became NaN', { x: [['a']] }, 'got "a"'],
    ['null became 0', { x: [[null]] }, 'got null'],
    ["a row that was too short was refused with the server's message only", { x: [[1]] }, 'expected shape [-1, 2]'],
    ['an input was missing', {}, "expected an array for input 'x'; got nothing"],
    ['an unknown name was ignored', { x: [1], y: [1] }, "no input 'y'; its inputs are x"],
  ])('bug: %s', (_what, values, message) => {
    expect(() => toInputTensors(X, values)).toThrow(message);
  });

  it.each([
    ['{', 'is not JSON'],
    ['[1]', 'expected an object with an array for each input, got [1]'],
    ['null', 'expected an object'],
    ['@/nowhere/x.json', '/nowhere/x.json cannot be read: ENOENT'],
  ])('%s is refused with exit code 2', async (given, message) => {
    await expect(readInputs(given)).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(message) });
  });
});
