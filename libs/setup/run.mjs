// The project's commands, for package.json: build, check, lint, gen, test, unit, chaos, cluster, gpu, bench, examples.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onCluster, output } from './cluster.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const bin = name => join(root, 'node_modules/.bin', name);
const node = process.execPath;

const VERBS = {
  gen: () => run(node, ['libs/contracts/gen.mjs']),
  build: async () => {
    await VERBS.gen();
    await run(bin('tsc'), ['-b']);
  },
  lint: async () => {
    await run(bin('biome'), ['ci', '.']);
    await run(bin('buf'), ['lint', 'protos']);
    const baseline = await protoBaseline();
    if (baseline === undefined)
      console.log('no tag and no parent commit: the protos are not checked for breaking changes');
    else await run(bin('buf'), ['breaking', 'protos', '--against', `.git#ref=${baseline},subdir=protos`]);
    await run(bin('tsc'), ['-p', 'tsconfig.tests.json']);
  },
  check: async () => {
    await VERBS.build();
    await VERBS.lint();
  },
  test: async args => {
    // Only for the whole suite: during development single parts are run.
    if (args.length === 0) await VERBS.lint();
    await vitest('vitest.config.mts', args);
  },
  unit: args => vitest('vitest.config.mts', ['--project', 'unit', ...args]),
  chaos: args => vitest('vitest.chaos.config.mts', args),
  gpu: args => vitest('vitest.gpu.config.mts', args),
  cluster: args => onCluster(root, () => vitest('vitest.cluster.config.mts', args)),
  bench: args => run(node, ['test/dist/bench/main.js', ...args]),
  examples: args => run(node, ['test/dist/examples/main.js', ...args]),
};

const [verb, ...args] = process.argv.slice(2);
const work = VERBS[verb];
if (work === undefined) {
  console.error(`expected one of ${Object.keys(VERBS).join(', ')}; got '${verb ?? ''}'`);
  process.exit(2);
}
await work(args).catch(error => {
  console.error(error.message);
  process.exitCode = 1;
});

/** Runs the tests; the last line has the counts, from the runner's own report. */
async function vitest(config, args) {
  const report = join(root, '.cache/test-report.json');
  rmSync(report, { force: true });
  mkdirSync(dirname(report), { recursive: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const failure = await run(bin('vitest'), ['run', '--config', config, ...reporters, ...args]).then(
    () => undefined,
    error => error,
  );
  // Without a report the runner itself has failed and printed the reason.
  if (!existsSync(report)) throw failure ?? new Error('the test runner left no report');
  const result = JSON.parse(readFileSync(report, 'utf8'));
  const tests = result.testResults.flatMap(file => file.assertionResults);
  const count = status => tests.filter(test => test.status === status).length;
  // A file that failed before its first test counts as one failure.
  const brokenFiles = result.testResults.filter(
    file => file.status === 'failed' && !file.assertionResults.some(test => test.status === 'failed'),
  );
  const failed = count('failed') + brokenFiles.length;
  const skipped = tests.filter(test => test.status !== 'passed' && test.status !== 'failed');
  printSlowest(result.testResults);
  for (const test of skipped) console.log(`skipped: ${test.fullName}`);
  if (skipped.length > 0) console.log(`${skipped.length} skipped, named above`);
  if (failed === 0 && failure !== undefined) throw failure;
  console.log(`${count('passed')} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

/** The ten files that took longest. */
function printSlowest(files) {
  const seconds = ({ startTime, endTime }) => (endTime - startTime) / 1000;
  const slowest = files.toSorted((a, b) => seconds(b) - seconds(a)).slice(0, 10);
  console.log('The slowest files:');
  for (const file of slowest) console.log(`  ${seconds(file).toFixed(1).padStart(6)} s  ${relative(root, file.name)}`);
}

/** The last tag, else the parent commit: never the current commit. */
async function protoBaseline() {
  const git = (...args) => output('git', ['-C', root, ...args]).catch(() => undefined);
  return (await git('describe', '--tags', '--abbrev=0', 'HEAD~1')) ?? (await git('rev-parse', '--verify', 'HEAD~1'));
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', code =>
      code === 0 ? resolve() : reject(new Error(`'${command.split('/').pop()} ${args[0] ?? ''}' ended with ${code}`)),
    );
  });
}
