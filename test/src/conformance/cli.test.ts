import { readdirSync, readFileSync } from 'node:fs';
import { createProgram, runCli } from '@athanor/cli';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../mesh/run-athanor.js';
import { ATHANOR, ROOT } from '../mesh/test-mesh.js';

type Command = ReturnType<typeof createProgram>;

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
  it('has every command and option that README.md names', () => {
    const program = createProgram(environment);
    const named = commandsInReadme();
    expect(named.length).toBeGreaterThan(8);
    for (const { line, words } of named) {
      const command = resolveCommand(program, words);
      expect(command, line).not.toBe(program);
      if (command.commands.length > 0) expect.fail(`${line}: '${command.name()}' needs a subcommand`);
      const known = [...command.options, ...program.options].flatMap(({ long, short }) => [long, short]);
      // Parameters of a component, such as --scheduler.max-batch-size, belong to its option.
      const options = words.filter(word => /^--?[a-z]/.test(word)).map(word => word.replace(/\..*/, ''));
      for (const option of options) expect(known, line).toContain(option);
    }
  });

  it('bug: a reader that stopped early, such as head, caused a stack trace', async () => {
    const line = `"${process.execPath}" "${ATHANOR}" completion | true; "${process.execPath}" "${ATHANOR}" completion | head -c 1`;
    const { code, stderr } = await runCommand('sh', ['-c', line]);
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/EPIPE|at \w/);
  });

  it('bug: --version was an unknown option; a command keeps its own --version', async () => {
    const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { version: string };
    expect(await run('--version')).toEqual({ code: 0, text: `athanor ${version}\n` });
    expect(await run('--home', '/nowhere/at/all', 'model', 'describe', 'm', '--version', '2')).toMatchObject({
      code: 6,
    });
  });

  it('explains itself with examples and exit codes', async () => {
    const { code, text } = await run('--help');
    expect(code).toBe(0);
    expect(text).toContain('Examples:');
    expect(text).toContain('Exit codes:');
  });

  it('bug: the help of many commands had no examples and did not show the global options', async () => {
    for (const path of leaves(createProgram(environment))) {
      const { code, text } = await run(...path, '--help');
      expect(code).toBe(0);
      expect(text, path.join(' ')).toContain('Examples:');
      expect(text, path.join(' ')).toMatch(/Global Options:.*--home <folder>/s);
    }
  });

  it.each([
    ['model', 'promote', 'm', '1.5'],
    ['model', 'promote', 'm', 'v1'],
    ['model', 'describe', 'm', '--version', 'latest'],
    ['model', 'gate', 'm', '--threshold', 'high'],
    ['dataset', 'describe', 'd', '--version', 'abc'],
    ['deployment', 'set', 'd', '--version', '1.5'],
    ['dead-letters', 'replay', 'abc'],
    ['infer', 'm', '--idx', 'x', '--row', '1.5'],
    ['quickstart', '--seed', 'x'],
    ['quickstart', '--epochs', '0'],
    ['quickstart', '--port-base', '80'],
    ['quickstart', '--gate', '96'],
  ])('bug: an invalid number was accepted as another one: %s %s %s %s %s', async (...argv) => {
    expect(await run(...argv.filter(word => word !== undefined))).toMatchObject({
      code: 2,
      text: expect.stringContaining('expected'),
    });
  });

  it('bug: --idx silently won over --inputs', async () => {
    expect(await run('infer', 'm', '--idx', 'a', '--inputs', '{}')).toMatchObject({
      code: 2,
      text: expect.stringContaining("'--idx <file>' cannot be used with option '--inputs <json>'"),
    });
  });

  it('exits with 2 for an invalid command line, and says what is wrong', async () => {
    expect(await run('trian')).toMatchObject({ code: 2, text: expect.stringContaining("unknown command 'trian'") });
    expect(await run('train', '--dataset', 'd')).toMatchObject({
      code: 2,
      text: expect.stringMatching(/required option '--name <model>'.*\(athanor train --help shows what there is\)/s),
    });
    expect(await run('train', '--dataset', 'd', '--name', 'n', '--epochs', 'many')).toMatchObject({
      code: 2,
      text: expect.stringContaining('expected a whole number'),
    });
  });

  it('exits with 6 if no mesh runs, and says how to start one', async () => {
    expect(await run('--home', '/nowhere/at/all', 'dataset', 'list')).toMatchObject({
      code: 6,
      text: expect.stringContaining('athanor --home /nowhere/at/all up --detach'),
    });
  });

  it('exits with 2 for an unknown context and lists the known ones', async () => {
    expect(await run('--context', 'prod', 'dataset', 'list')).toMatchObject({
      code: 2,
      text: expect.stringContaining("no context 'prod'"),
    });
  });

  it('prints completion scripts with its own commands', async () => {
    const { text } = await run('completion');
    expect(text).toContain("'dataset') words='plan import list describe");
    expect(text).toContain('--batch-size');
    expect((await run('completion', '--shell', 'zsh')).text).toContain('#compdef athanor');
  });
});

const TOP_FOLDERS_OUTSIDE_THE_MAP = new Set(['node_modules']);

it('every folder has a place in ARCHITECTURE.md', () => {
  const map = readFileSync(`${ROOT}ARCHITECTURE.md`, 'utf8');
  const folders = (path: string) =>
    readdirSync(`${ROOT}${path}`, { withFileTypes: true })
      .filter(entry => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(entry => entry.name);
  for (const top of ['libs', 'services']) {
    for (const name of folders(top)) expect(map).toContain(`\`${top}/${name}\``);
  }
  for (const name of folders('.').filter(each => !TOP_FOLDERS_OUTSIDE_THE_MAP.has(each))) {
    expect(map).toMatch(new RegExp(`\`${name}(/[^\`]*)?\``));
  }
});

interface NamedCommand {
  readonly line: string;
  /** The words after `athanor`. */
  readonly words: readonly string[];
}

/** The command lines in README.md's code: `./athanor …`, `athanor …`, and `npm run quickstart`. */
function commandsInReadme(): NamedCommand[] {
  const readme = readFileSync(`${ROOT}README.md`, 'utf8');
  const blocks = readme.match(/^ {4}.*$/gm) ?? [];
  const spans = [...readme.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return [...blocks, ...spans].flatMap(line => {
    const code = line.replace(/#.*/, '').trim();
    const [, typed] = /^(?:source <\()?(?:\.\/)?athanor ([^)]*)/.exec(code) ?? [];
    const [, quickstart] = /^npm run quickstart(?: --(?= ))?(.*)/.exec(code) ?? [];
    const words = typed ?? (quickstart === undefined ? undefined : `quickstart ${quickstart}`);
    return words === undefined || words.startsWith('--help') ? [] : [{ line, words: words.trim().split(/\s+/) }];
  });
}

/** Follows the words down to a command. */
function resolveCommand(program: Command, words: readonly string[]): Command {
  let command = program;
  for (const word of words) command = command.commands.find(each => each.name() === word) ?? command;
  return command;
}

/** The words of every executable command. */
function leaves(command: Command, path: readonly string[] = []): string[][] {
  if (command.commands.length === 0) return [[...path]];
  return command.commands.flatMap(child => leaves(child, [...path, child.name()]));
}
