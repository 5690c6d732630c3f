// Prepares the cluster suite: the cluster of KUBECONFIG, else the test bed next to the checkout, with the images that
// its nodes cannot pull. Without either the suite still runs, and reports what it skips.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const INSIDE = 'ATHANOR_TEST_BED_STATE';
/** Archives that the suite needs: built by deploy/images/build.sh and test/cluster/images/build.sh. */
const ARCHIVES = [
  'control.tar',
  'runner.tar',
  'control-next.tar',
  'runner-next.tar',
  'nats.tar',
  'postgres.tar',
  's3.tar',
];

/** Runs the suite if there is a cluster. */
export async function onCluster(root, suite) {
  const testBed = join(root, '../shared/kubernetes');
  if (process.env.KUBECONFIG !== undefined || !existsSync(join(testBed, 'real.sh'))) return await suite();
  const folder = process.env.ATHANOR_IMAGES ?? join(root, '.cache/images');
  await makeImages(root, folder);
  // The cluster has no access to a package index.
  const { tritonPython } = await import(join(root, 'test/dist/mesh/triton-python.js'));
  if ((await tritonPython()) === undefined) console.log('Without tritonclient: python3 or a package index is missing.');
  const programs = await output('bash', [join(testBed, 'unpack.sh')]);
  const state = join(tmpdir(), 'athanor-test-bed');
  await run('bash', [join(testBed, 'real.sh'), process.execPath, ...process.argv.slice(1)], {
    NODES: '2',
    GPUS: '4,0',
    STATE: state,
    [INSIDE]: state,
    KCM_EXTRA: '--node-monitor-grace-period=10s',
    IMAGES: ARCHIVES.map(name => join(folder, name)).join(' '),
    ATHANOR_NEXT_TAG: 'next',
    PATH: `${programs}:${process.env.PATH}`,
  });
}

/**
 * Missing archives; our own are rebuilt if the sources have changed, unless ATHANOR_IMAGES says that they are up to
 * date.
 */
async function makeImages(root, folder) {
  const stamp = join(folder, 'sources');
  const sources = await sourcesOf(root);
  const given = process.env.ATHANOR_IMAGES !== undefined;
  const changed = !given && (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== sources);
  const present = existsSync(folder) ? readdirSync(folder) : [];
  const missing = ARCHIVES.filter(name => !present.includes(name) || (changed && /^(control|runner)/.test(name)));
  if (missing.length === 0) return;
  console.log(`Making images: ${missing.join(', ')} …`);
  const script = (path, ...args) => run('bash', [join(root, path), ...args]);
  if (missing.some(name => /^(control|runner)\.tar$/.test(name))) {
    const hasDocker = await output('docker', ['info']).then(
      () => true,
      () => false,
    );
    if (!hasDocker) await script('deploy/images/base.sh', 'base', 'node');
    await script(
      'deploy/images/build.sh',
      ...(hasDocker ? [] : ['--local-base']),
      '--out',
      folder,
      'control',
      'runner',
    );
  }
  if (missing.some(name => name.includes('-next'))) await script('test/cluster/images/next.sh', '--out', folder);
  const parts = ['nats', 'postgres', 's3'].filter(name => missing.includes(`${name}.tar`));
  if (parts.length > 0) await script('test/cluster/images/build.sh', '--out', folder, ...parts);
  writeFileSync(stamp, sources);
}

/** The commit and the changes on top of it, for the sources of the images. */
async function sourcesOf(root) {
  const git = (...args) => output('git', ['-C', root, ...args]).catch(() => '');
  const paths = ['libs', 'services', 'protos', 'deploy/images', 'Dockerfile', 'pnpm-lock.yaml', 'test/cluster/images'];
  const tree = await git('rev-parse', ...paths.map(path => `HEAD:${path}`));
  return `${tree}\n${await git('diff', 'HEAD', '--', ...paths)}`;
}

function run(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', reject);
    child.on('close', code => (code === 0 ? resolve() : reject(new Error(`${args[0]} ended with ${code}`))));
  });
}

/** A program's output without surrounding white space; rejects if it fails. */
export async function output(command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  let text = '';
  child.stdout.on('data', chunk => {
    text += chunk;
  });
  const code = await ended;
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
  return text.trim();
}
