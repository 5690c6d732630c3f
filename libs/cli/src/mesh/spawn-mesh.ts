import { type ChildProcess, spawn } from 'node:child_process';
import type { MeshState } from '@athanor/mesh';
import { CliError, EXIT_CODES } from '../exit-codes.js';

export interface SpawnMeshOptions {
  readonly home: string;
  readonly portBase: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onLine?: (line: string) => void;
  /** If aborted before the mesh is ready, the mesh is stopped. */
  readonly signal: AbortSignal;
}

/** Starts `athanor up` as a separate process and returns when its mesh is ready. */
export async function spawnMesh({ home, portBase, env, onLine, signal }: SpawnMeshOptions): Promise<MeshState> {
  const args = [process.argv[1] ?? '', '--home', home, 'up', '--json', '--port-base', String(portBase)];
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env });
  const end = () => void child.kill('SIGTERM');
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  try {
    return await readState(child, { onLine, signal });
  } finally {
    signal.removeEventListener('abort', end);
  }
}

function readState(
  child: ChildProcess,
  { onLine, signal }: Pick<SpawnMeshOptions, 'signal'> & { onLine: SpawnMeshOptions['onLine'] },
): Promise<MeshState> {
  return new Promise((resolve, reject) => {
    let out = '';
    let err = '';
    child.stdout?.on('data', (data: Buffer) => {
      out += data.toString();
      if (!out.includes('\n')) return;
      child.unref();
      for (const stream of [child.stdout, child.stderr]) stream?.destroy();
      resolve(JSON.parse(out) as MeshState);
    });
    child.stderr?.on('data', (data: Buffer) => {
      err += data.toString();
      for (const line of data.toString().trimEnd().split('\n')) onLine?.(line);
    });
    child.once('error', reject);
    child.once('exit', code => {
      const message = `the mesh did not start (exit code ${code}):\n${err.trim()}`;
      reject(signal.aborted ? signal.reason : new CliError(message, code || EXIT_CODES.failed));
    });
  });
}
