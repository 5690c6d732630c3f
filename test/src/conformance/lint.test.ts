import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../mesh/run-athanor.js';
import { ROOT } from '../mesh/test-mesh.js';

const bin = (name: string) => join(ROOT, 'node_modules/.bin', name);
const baseline = await protoBaseline();

describe('the sources', () => {
  it('pass biome: format, lint and import order', async () => {
    const { code, stdout, stderr } = await runCommand(bin('biome'), ['ci', '--colors=off', '.'], { cwd: ROOT });
    expect(code, `${stdout}${stderr}`.slice(0, 4_000)).toBe(0);
  }, 60_000);

  it('type-check, tests included', async () => {
    const { code, stdout } = await runCommand(bin('tsc'), ['-p', 'tsconfig.tests.json'], { cwd: ROOT });
    expect(code, stdout.slice(0, 4_000)).toBe(0);
  }, 120_000);
});

describe('the protos', () => {
  it('pass buf lint STANDARD', async () => {
    const { code, stdout } = await runCommand(bin('buf'), ['lint', 'protos'], { cwd: ROOT });
    expect(code, stdout).toBe(0);
  }, 60_000);

  it.skipIf(baseline === undefined)(
    `break nothing since ${baseline ?? 'the last tag or the parent commit (there is none)'}`,
    async () => {
      const against = `.git#ref=${baseline},subdir=protos`;
      const { code, stdout, stderr } = await runCommand(bin('buf'), ['breaking', 'protos', '--against', against], {
        cwd: ROOT,
      });
      expect(code, `${stdout}${stderr}`).toBe(0);
    },
    60_000,
  );
});

/** The last tag, else the parent commit: never the commit itself. */
async function protoBaseline(): Promise<string | undefined> {
  const git = (...args: string[]) => runCommand('git', args, { cwd: ROOT }).catch(() => ({ code: 1, stdout: '' }));
  const tag = await git('describe', '--tags', '--abbrev=0', 'HEAD~1');
  if (tag.code === 0) return tag.stdout.trim();
  const parent = await git('rev-parse', '--verify', 'HEAD~1');
  return parent.code === 0 ? parent.stdout.trim() : undefined;
}
