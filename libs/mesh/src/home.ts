import { mkdir, readFile, realpath, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** The folder with all state of a mesh, readable by its owner only. */
export interface Home {
  readonly root: string;
  /** The processes and their addresses, while it runs. */
  readonly stateFile: string;
  /** API key and addresses for clients; a context of the CLI refers to it. */
  readonly credentialsFile: string;
  readonly apiKeysFile: string;
  readonly meshSecretFile: string;
  /** Passwords of the NATS users. */
  readonly natsPasswordsFile: string;
  readonly databaseDir: string;
  readonly blobsDir: string;
  readonly natsDir: string;
  readonly logsDir: string;
}

export function homeAt(root: string): Home {
  return {
    root,
    stateFile: join(root, 'mesh.json'),
    credentialsFile: join(root, 'credentials.json'),
    apiKeysFile: join(root, 'api-keys.json'),
    meshSecretFile: join(root, 'mesh-secret'),
    natsPasswordsFile: join(root, 'nats-passwords.json'),
    databaseDir: join(root, 'data/database'),
    blobsDir: join(root, 'data/blobs'),
    natsDir: join(root, 'data/nats'),
    logsDir: join(root, 'logs'),
  };
}

export async function createHome(root: string): Promise<Home> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  const home = await findHome(root);
  for (const folder of [home.blobsDir, home.natsDir, home.logsDir])
    await mkdir(folder, { recursive: true, mode: 0o700 });
  return home;
}

/** The canonical home of a path: `x`, `./x/` and a link to x are one home. It need not exist. */
export async function findHome(root: string): Promise<Home> {
  const absolute = resolve(root);
  return homeAt(await realpath(absolute).catch(() => absolute));
}

/** Replaces a file atomically, so that a reader, or a crash, sees the complete old or new content. */
export async function writePrivateFile(path: string, content: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, content, { mode: 0o600, flush: true });
  await rename(temporary, path);
}

/** Undefined if the file does not exist. */
export async function readJsonFile<T>(path: string): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    const found = text.trim() === '' ? 'nothing' : (cause as Error).message;
    throw new Error(`${path}: expected JSON, got ${found}; repair the file, or remove it`, { cause });
  }
}
