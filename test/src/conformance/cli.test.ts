import { readdirSync } from 'node:fs';
import { createProgram, runCli } from '@athanor/cli';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../mesh/test-mesh.js';

const out: string[] = [];
const terminal = {
  out: (text: string) => void out.push(text),
  err: (text: string) => void out.push(text),
  isTTY: false,
  columns: 80,
};
const environment = { root: ROOT, programs: { control: '', inference: '' }, env: { HOME: '/nowhere' }, terminal };

async function run(...argv: string[]): Promise<{ code: number; text: string }> {
  out.length = 0;
  const code = await runCli(argv, environment);
  return { code, text: out.join('') };
}

describe('the command line', () => {
  it('has every command that the README names', async () => {
    const names = createProgram(environment).commands.map(command => command.name());
    for (const name of [
      'up',
      'down',
      'status',
      'dataset',
      'train',
      'job',
      'model',
      'deployment',
      'infer',
      'lineage',
      'events',
      'dead-letters',
      'context',
      'completion',
      'quickstart',
    ]) {
      expect(names).toContain(name);
    }
  });

  it('explains itself with examples and exit codes', async () => {
    const { code, text } = await run('--help');
    expect(code).toBe(0);
    expect(text).toContain('Examples:');
    expect(text).toContain('Exit codes:');
    for (const command of [['train'], ['dataset', 'import'], ['model', 'promote'], ['infer'], ['up']]) {
      expect((await run(...command, '--help')).text).toContain('Examples:');
    }
  });

  it('ends with 2 for a wrong command line, and says what is wrong', async () => {
    expect(await run('trian')).toMatchObject({ code: 2, text: expect.stringContaining("unknown command 'trian'") });
    expect(await run('train', '--dataset', 'd')).toMatchObject({
      code: 2,
      text: expect.stringContaining("required option '--name <model>'"),
    });
    expect(await run('train', '--dataset', 'd', '--name', 'n', '--epochs', 'many')).toMatchObject({
      code: 2,
      text: expect.stringContaining('expected a whole number'),
    });
  });

  it('ends with 6 where no mesh runs, and says how to start one', async () => {
    expect(await run('--home', '/nowhere/at/all', 'dataset', 'list')).toMatchObject({
      code: 6,
      text: expect.stringContaining('athanor up --home /nowhere/at/all'),
    });
  });

  it('ends with 2 for an unknown context and lists those there are', async () => {
    expect(await run('--context', 'prod', 'dataset', 'list')).toMatchObject({
      code: 2,
      text: expect.stringContaining("no context 'prod'"),
    });
  });

  it('prints completion scripts that know its own commands', async () => {
    const { text } = await run('completion');
    expect(text).toContain("'dataset') words='import list describe");
    expect(text).toContain('--learning-rate');
    expect((await run('completion', '--shell', 'zsh')).text).toContain('#compdef athanor');
  });
});

it('every folder at the top has a place in ARCHITECTURE.md', async () => {
  const { readFileSync } = await import('node:fs');
  const map = readFileSync(`${ROOT}ARCHITECTURE.md`, 'utf8');
  for (const folder of ['libs', 'services']) {
    for (const name of readdirSync(`${ROOT}${folder}`)) expect(map, `${folder}/${name}`).toContain(`${name}`);
  }
});
