import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface CommandOptions {
  readonly env: Environment;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a program until it exits. Rejects with the last line of its output, where programs usually report the reason.
 */
export function runCommand(file: string, args: readonly string[], options: CommandOptions): Promise<string> {
  const { env, timeoutMs, signal } = options;
  return new Promise((resolve, reject) => {
    const settings = { env: env as NodeJS.ProcessEnv, timeout: timeoutMs, killSignal: 'SIGKILL', signal } as const;
    const child = execFile(file, args, settings, (error, stdout, stderr) => {
      if (!error) return resolve(stdout || stderr);
      const lastLine = stderr.trim().split('\n').at(-1) || stdout.trim().split('\n').at(-1) || error.message;
      const reason = error.killed ? `not finished after ${timeoutMs} ms` : lastLine;
      reject(new Error(`${file}: ${reason}`, { cause: error }));
    });
    child.stdin?.end();
  });
}

/** The first executable of this name on `env.PATH`. */
export async function findOnPath(name: string, env: Environment): Promise<string | undefined> {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    if (folder === '') continue;
    const candidate = join(folder, name);
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

export function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
