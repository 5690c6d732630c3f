import { describe, expect, it } from 'vitest';
import { fields, formatBytes, formatTime, render, table } from './render.js';

const view = { value: { name: 'digits', createTime: { seconds: 0, nanos: 0 } }, text: () => 'digits\n' };

describe('a result', () => {
  it('is text for people, and JSON or YAML with readable times for programs', () => {
    expect(render(view, 'table')).toBe('digits\n');
    expect(JSON.parse(render(view, 'json'))).toEqual({ name: 'digits', createTime: '1970-01-01T00:00:00Z' });
    expect(render(view, 'yaml')).toContain('name: digits');
  });
});

describe('tables and fields', () => {
  it('line up without borders or trailing spaces', () => {
    expect(
      table(
        ['A', 'B'],
        [
          ['x', 1],
          ['long', 22],
        ],
      ),
    ).toBe('A     B\nx     1\nlong  22\n');
    expect(table(['A', 'B'], [])).toBe('A  B\n');
  });

  it('leave out what is empty', () => {
    expect(
      fields([
        ['Name', 'digits'],
        ['Error', ''],
      ]),
    ).toBe('Name: digits\n');
  });
});

describe('figures', () => {
  it('are formatted for people', () => {
    expect(formatBytes(0)).toBe('0 B');
    expect(formatBytes(1536)).toBe('1.5 KiB');
    expect(formatTime({ seconds: 1_700_000_000, nanos: 5e8 })).toBe('2023-11-14T22:13:20Z');
    expect(formatTime(null)).toBe('');
  });
});
