import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../program.js';
import { bashCompletion } from './bash-completion.js';

const terminal = { out: () => undefined, err: () => undefined, isTTY: false, columns: 80 };
const script = bashCompletion(
  createProgram({ root: '/', programs: { control: '', inference: '' }, env: {}, terminal }),
);

/** The completions of bash for the last word. */
function complete(...words: string[]): string[] {
  const quoted = ['athanor', ...words].map(word => `'${word}'`).join(' ');
  const call = `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _athanor; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync('bash', ['-c', `${script}\n${call}`], { encoding: 'utf8' });
  return out.split('\n').filter(Boolean);
}

describe('completion', () => {
  it('offers commands, subcommands and options', () => {
    expect(complete('data')).toEqual(['dataset']);
    expect(complete('dataset', '')).toEqual(expect.arrayContaining(['import', 'list', 'describe', '--output']));
    expect(complete('train', '--batch')).toEqual(['--batch-size']);
  });

  it("bug: an option's value was taken as a command", () => {
    expect(complete('--home', 'model', 'dataset', 'imp')).toEqual(['import']);
    expect(complete('-o', 'json', 'job', 'wa')).toEqual(['watch']);
    expect(complete('train', '--name', 'infer', '--data')).toEqual(['--dataset', '--dataset-version']);
    expect(complete('--home', '=', 'x', 'job', 'wa')).toEqual(['watch']);
  });

  it('bug: after an argument nothing was completed', () => {
    expect(complete('model', 'promote', 'digits', '2', '--rea')).toEqual(['--reason']);
    expect(complete('model', 'promote', 'rollback', '--exp')).toEqual(['--expected-version']);
  });

  it("offers an option's choices; other values are completed by the shell", () => {
    expect(complete('dataset', 'import', '--on-misfit', '')).toEqual(['error', 'null', 'quarantine']);
    expect(complete('-o', 'y')).toEqual(['yaml']);
    expect(complete('dataset', 'import', '--test', '')).toEqual([]);
  });

  it('knows which options have no value', () => {
    expect(complete('up', '--json', '--port')).toEqual(['--port-base']);
    expect(complete('quickstart', '--json', 'up', '--see')).toEqual(['--seed']);
  });
});
