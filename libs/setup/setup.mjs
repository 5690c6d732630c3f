// Sets up a fresh checkout: dependencies, generated types, build. Plain JavaScript, because it runs before the build. A
// step is skipped if the content of its inputs has not changed; stamps contain no absolute paths, so that a built
// checkout can be copied or moved.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const PNPM = 'pnpm@10.34.8';
const MINIMUM_NODE = [20, 19];

const STEPS = [
  {
    name: 'install',
    says: 'Installing dependencies (pinned pnpm, frozen lockfile, no install scripts)',
    inputs: ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'],
    outputs: ['node_modules'],
    // pnpm asks before it replaces a node_modules that was created elsewhere, and fails without a terminal.
    command: ['npx', '--yes', PNPM, 'install', '--frozen-lockfile', '--reporter=append-only'].concat(
      '--config.confirmModulesPurge=false',
    ),
  },
  {
    name: 'gen',
    says: 'Generating types from protos/',
    inputs: ['protos', 'libs/contracts/gen.mjs', 'libs/contracts/gen-descriptors.mjs', 'pnpm-lock.yaml'],
    outputs: ['libs/contracts/src/gen/method-rules.ts'],
    command: [process.execPath, 'libs/contracts/gen.mjs'],
  },
  {
    name: 'build',
    says: 'Building',
    inputs: ['libs', 'services', 'test', 'tsconfig.json', 'tsconfig.base.json', 'pnpm-lock.yaml'],
    outputs: ['libs/cli/dist/index.js', 'services/control/dist/main.js', 'services/inference/dist/main.js'],
    command: [process.execPath, 'node_modules/typescript/bin/tsc', '-b'],
  },
  {
    name: 'database',
    says: 'Preparing an empty database as a template for new ones',
    inputs: ['pnpm-lock.yaml'],
    outputs: ['.cache/pglite'],
    command: [process.execPath, 'libs/database/dist/make-template.js'],
    // Optional: it only saves time.
    optional: true,
  },
];

/**
 * Brings the checkout in `root` up to date and prints what it does, one line per step. Every command starts with it: if
 * no file's time or size has changed, nothing else is checked.
 */
export async function setUp(root) {
  checkNode();
  const looked = stampOf(root, 'looked-at');
  const isLikeThen = looked.is(timesOf(root));
  for (const step of STEPS) {
    const done = step.outputs.every(path => existsSync(join(root, path)));
    if (!done || !isLikeThen) await bringUpToDate(root, step, done);
  }
  // Computed again, because generating writes into folders that building reads.
  if (!isLikeThen) looked.write(timesOf(root));
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1])) return;
  throw new Error(
    `Node ${MINIMUM_NODE.join('.')} or newer is needed, this is ${process.versions.node}; see https://nodejs.org`,
  );
}

async function bringUpToDate(root, { name, says, inputs, command, optional }, done) {
  const stamp = stampOf(root, name);
  if (done && stamp.is(contentOf(root, inputs))) return;
  const failed = stampOf(root, `${name}-failed`);
  if (optional && failed.is(contentOf(root, inputs))) return;
  const start = performance.now();
  process.stderr.write(`${says} …\n`);
  try {
    await run(command, root);
  } catch (error) {
    if (!optional) throw error;
    failed.write(contentOf(root, inputs));
    process.stderr.write(`${error.message}\n  failed; going on without it. To try again: rm ${failed.path}\n`);
    return;
  }
  stamp.write(contentOf(root, inputs));
  process.stderr.write(`  done in ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
}

function stampOf(root, name) {
  const folder = join(root, 'node_modules/.athanor');
  const file = join(folder, name);
  return {
    path: file,
    is: value => existsSync(file) && readFileSync(file, 'utf8') === value,
    write(value) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, value);
    },
  };
}

/** Times and sizes of all inputs: quick to compute, and different in a copy. */
function timesOf(root) {
  return fingerprint(root, new Set(STEPS.flatMap(({ inputs }) => inputs)), (hash, path) => {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${size} ${mtimeMs}`);
  });
}

function contentOf(root, inputs) {
  return fingerprint(root, inputs, (hash, path) => hash.update(readFileSync(path)));
}

const SKIPPED = new Set(['node_modules', 'dist', '.cache']);

function fingerprint(root, inputs, addFile) {
  const hash = createHash('sha256');
  const visit = (path, isFolder) => {
    if (!isFolder) {
      hash.update(`\0${path}\0`);
      addFile(hash, join(root, path));
      return;
    }
    const entries = readdirSync(join(root, path), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.endsWith('.tsbuildinfo') || SKIPPED.has(entry.name)) continue;
      if (entry.isFile() || entry.isDirectory()) visit(`${path}/${entry.name}`, entry.isDirectory());
    }
  };
  for (const input of inputs) {
    const info = statSync(join(root, input), { throwIfNoEntry: false });
    if (info !== undefined) visit(input, info.isDirectory());
  }
  return hash.digest('hex');
}

/** Runs a program; on a terminal its output is shown while it runs, otherwise only if it fails. */
async function run([command, ...args], cwd) {
  // Loaded on demand: most commands find everything up to date.
  const { spawn } = await import('node:child_process');
  await new Promise((resolve, reject) => {
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
