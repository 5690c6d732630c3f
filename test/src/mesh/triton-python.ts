import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './run-athanor.js';
import { ROOT } from './test-mesh.js';

const VENV = join(ROOT, '.cache/tritonclient-venv');

/**
 * A Python with Triton's own client, in a virtual environment created once; undefined without Python or a package
 * index.
 */
export async function tritonPython(): Promise<string | undefined> {
  const program = join(VENV, 'bin/python');
  if (existsSync(join(VENV, 'ready'))) return program;
  try {
    for (const [command, ...args] of [
      ['python3', '-m', 'venv', VENV],
      [program, '-m', 'pip', 'install', '--quiet', 'tritonclient[grpc]'],
      ['touch', join(VENV, 'ready')],
    ]) {
      const { code } = await runCommand(command as string, args);
      if (code !== 0) return undefined;
    }
    return program;
  } catch {
    return undefined;
  }
}
