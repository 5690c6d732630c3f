// Makes a fresh checkout runnable: dependencies, generated types, build. Plain JavaScript, since it runs before the
// build. Each step is skipped when nothing it depends on has changed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const PNPM = 'pnpm@10.34.8';
const MINIMUM_NODE = [20, 19];

/** Brings the checkout in `root` up to date and says what it does, a line a step. */
export async function setUp(root) {
  checkNode();
  await step(root, {
    name: 'install',
    says: 'Installing dependencies (pinned pnpm, frozen lockfile, no install scripts)',
    inputs: ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'],
    outputs: ['node_modules'],
    run: () => run('npx', ['--yes', PNPM, 'install', '--frozen-lockfile', '--reporter=append-only'], root),
  });
  await step(root, {
    name: 'gen',
    says: 'Generating types from protos/',
    inputs: ['protos', 'libs/contracts/gen.mjs', 'pnpm-lock.yaml'],
    outputs: ['libs/contracts/src/gen/method-rules.ts'],
    run: () => run(process.execPath, ['libs/contracts/gen.mjs'], root),
  });
  await step(root, {
    name: 'build',
    says: 'Building',
    inputs: ['libs', 'services', 'test', 'tsconfig.json', 'tsconfig.base.json', 'pnpm-lock.yaml'],
    outputs: ['libs/cli/dist/index.js', 'services/control/dist/main.js', 'services/inference/dist/main.js'],
    run: () => run(process.execPath, ['node_modules/typescript/bin/tsc', '-b'], root),
  });
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1])) return;
  throw new Error(
    `Node ${MINIMUM_NODE.join('.')} or newer is needed, this is ${process.versions.node}; see https://nodejs.org`,
  );
}

async function step(root, { name, says, inputs, outputs, run: work }) {
  const stampFolder = join(root, 'node_modules/.athanor');
  const stampFile = join(stampFolder, name);
  const stamp = fingerprint(root, inputs);
  const done = outputs.every(path => existsSync(join(root, path)));
  if (done && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  const start = performance.now();
  process.stderr.write(`${says} …\n`);
  await work();
  mkdirSync(stampFolder, { recursive: true });
  // Taken anew: generating writes into folders that building reads.
  writeFileSync(stampFile, fingerprint(root, inputs));
  process.stderr.write(`  done in ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
}

const SKIPPED = new Set(['node_modules', 'dist', '.cache']);

function fingerprint(root, inputs) {
  const hash = createHash('sha256');
  const visit = path => {
    const info = statSync(path, { throwIfNoEntry: false });
    if (info === undefined) return;
    if (!info.isDirectory()) {
      if (!path.endsWith('.tsbuildinfo')) hash.update(`${path}\0${info.size}\0${info.mtimeMs}\n`);
      return;
    }
    for (const name of readdirSync(path).sort()) if (!SKIPPED.has(name)) visit(join(path, name));
  };
  for (const input of inputs) visit(join(root, input));
  return hash.digest('hex');
}

/** Runs a program to its end; its output is shown while it lasts on a terminal, and in full when it fails. */
function run(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, npm_config_update_notifier: 'false' };
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    const onData = data => {
      output.push(data);
      const line = data.toString().trim().split('\n').pop();
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K  ${line.slice(0, (process.stderr.columns ?? 80) - 4)}`);
    };
    child.stdout.on('data', onData);
    child.stderr.on('data', onData);
    child.on('error', reject);
    child.on('close', code => {
      if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K');
      if (code === 0) resolve();
      else
        reject(new Error(`'${[command, ...args].join(' ')}' ended with ${code}:\n${Buffer.concat(output).toString()}`));
    });
  });
}
