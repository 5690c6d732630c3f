import { expect, it } from 'vitest';
import { runCommand } from '../mesh/run-athanor.js';
import { ROOT } from '../mesh/test-mesh.js';

/** Runs a command line and prints the packages that it loaded with `require` (gRPC and others are CommonJS). */
const SCRIPT = `
const { runCli } = await import(process.argv[1]);
const quiet = { out() {}, err() {}, isTTY: false, columns: 80 };
await runCli(process.argv.slice(2), { root: ${JSON.stringify(ROOT)}, programs: {}, env: { HOME: '/nowhere' }, terminal: quiet });
const { default: module } = await import('node:module');
const names = Object.keys(module._cache).map(path => /.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(path)?.[1]);
console.log(JSON.stringify([...new Set(names)].sort()));
`;

async function packagesLoadedBy(...args: string[]): Promise<string[]> {
  const cli = import.meta.resolve('@athanor/cli');
  const node = ['--input-type=module', '--eval', SCRIPT, cli, ...args];
  const { stdout, stderr } = await runCommand(process.execPath, node);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as string[];
}

it.each([[['--help']], [['status']], [['train', '--help']], [['infer', '--help']], [['dataset', 'report', '--help']]])(
  'bug: every command spent a second on start-up: %s loads nothing that only calls need',
  async args => {
    expect(await packagesLoadedBy(...args)).toEqual(['commander']);
  },
);

it('a command that makes calls loads gRPC, so the test above can fail', async () => {
  expect(await packagesLoadedBy('--home', '/nowhere', 'model', 'list')).toContain('@grpc/grpc-js');
});
