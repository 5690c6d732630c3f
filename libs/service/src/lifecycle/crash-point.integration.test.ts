import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';

const ENTRY_POINT = new URL('../../dist/index.js', import.meta.url).href;

/** Runs a statement in its own process, and returns how it ended. */
function run(setting: string | undefined, line: string) {
  const code = `import { armCrashPoint, crashPoint } from '${ENTRY_POINT}';
    armCrashPoint(${JSON.stringify(setting)}); ${line}; process.stdout.write('alive');`;
  const { signal, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  return { signal, stdout };
}

describe('a crash point', () => {
  test('kills the process at the armed point', () => {
    expect(run('here', "crashPoint('here')")).toEqual({ signal: 'SIGKILL', stdout: '' });
  });

  test('kills at the n-th hit', () => {
    expect(run('here:3', "crashPoint('here'); crashPoint('here')")).toEqual({ signal: null, stdout: 'alive' });
    expect(run('here:2', "crashPoint('here'); crashPoint('here')").signal).toBe('SIGKILL');
  });

  test('does nothing if unarmed or armed for another name', () => {
    expect(run(undefined, "crashPoint('here')").stdout).toBe('alive');
    expect(run('there', "crashPoint('here')").stdout).toBe('alive');
  });
});
