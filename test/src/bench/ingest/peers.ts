// polars and pandas, in a Python of the caller's or in a virtual environment of the benchmark's own.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../mesh/run-athanor.js';
import { ROOT } from '../../mesh/test-mesh.js';

const PROGRAM = fileURLToPath(new URL('../../../src/bench/ingest/peers.py', import.meta.url));
const ENVIRONMENT = join(ROOT, '.cache/bench-python');
const PACKAGES = ['polars', 'pandas', 'pyarrow'];

export type Library = 'polars' | 'pandas';

export interface PeerRun {
  readonly seconds: number;
  readonly mib: number;
  readonly version: string;
}

/** The Python to run them with; undefined if they cannot be installed. */
export async function findPeers(): Promise<string | undefined> {
  const own = join(ENVIRONMENT, 'bin/python');
  for (const python of [process.env.ATHANOR_BENCH_PYTHON, 'python3', own])
    if (python !== undefined && (await hasPeers(python))) return python;
  const made = await runCommand('python3', ['-m', 'venv', ENVIRONMENT]).catch(() => undefined);
  if (made?.code !== 0) return undefined;
  await runCommand(own, ['-m', 'pip', 'install', '--quiet', ...PACKAGES]);
  return (await hasPeers(own)) ? own : undefined;
}

async function hasPeers(python: string): Promise<boolean> {
  const found = await runCommand(python, ['-c', PACKAGES.map(name => `import ${name}`).join(';')]).catch(
    () => undefined,
  );
  return found?.code === 0;
}

export async function runPeer(
  python: string,
  library: Library,
  files: { source: string; target: string },
): Promise<PeerRun> {
  const { code, stdout, stderr } = await runCommand(python, [PROGRAM, library, files.source, files.target]);
  if (code !== 0) throw new Error(`${library} failed: ${stderr}`);
  return JSON.parse(stdout) as PeerRun;
}
