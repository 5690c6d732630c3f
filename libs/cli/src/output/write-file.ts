import { randomUUID } from 'node:crypto';
import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CliError, EXIT_CODES } from '../exit-codes.js';

/**
 * Replaces a file at once: it has its old content or the new one. A device or a pipe is written to. Throws CliError,
 * with the option that named the file.
 */
export async function replaceFile(option: string, path: string, content: string): Promise<void> {
  try {
    const target = await realpath(path).catch(() => path);
    const found = await stat(target).catch(() => undefined);
    if (found?.isDirectory()) throw new Error('it is a folder');
    if (found && !found.isFile()) return await writeFile(target, content);
    await replace(target, content);
  } catch (cause) {
    const reason = reasonOf(cause as NodeJS.ErrnoException, path);
    throw new CliError(`${option}: expected a file that can be written, got ${path}: ${reason}`, EXIT_CODES.usage, {
      cause,
    });
  }
}

async function replace(path: string, content: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, content, { flag: 'wx' });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

const REASONS: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: path => `the folder ${dirname(path)} does not exist`,
  ENOTDIR: path => `${dirname(path)} is not a folder`,
  EACCES: () => 'it may not be written',
  EPERM: () => 'it may not be written',
  EROFS: () => 'its file system is read-only',
  ENOSPC: () => 'there is no space left',
};

function reasonOf({ code = '', message }: NodeJS.ErrnoException, path: string): string {
  return REASONS[code]?.(path) ?? message;
}
