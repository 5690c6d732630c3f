import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Addresses } from '@athanor/client';
import { readJsonFile, writePrivateFile } from '@athanor/mesh/home';
import type { ClusterPlace } from '../cluster/pods.js';
import { CliError, EXIT_CODES } from '../exit-codes.js';

// Like kubectl's contexts: named meshes, one of them the current one.

/** One mesh and the credential for it. */
export interface MeshContext {
  readonly addresses: Addresses;
  /** The key itself, or a file with it: JSON with "apiKey", or plain text. */
  readonly apiKey?: string;
  readonly apiKeyFile?: string;
  /** PEM file of the certificate authority, for TLS. */
  readonly caFile?: string;
  /** Its Helm release, for `status`. */
  readonly cluster?: ClusterPlace;
}

export interface AddressBook {
  readonly current?: string;
  readonly contexts: Readonly<Record<string, MeshContext>>;
}

type Env = Readonly<Record<string, string | undefined>>;

export function addressBookPath(env: Env): string {
  const config = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config');
  return env.ATHANOR_CONFIG || join(config, 'athanor', 'contexts.json');
}

export async function readAddressBook(env: Env): Promise<AddressBook> {
  return (await readJsonFile<AddressBook>(addressBookPath(env))) ?? { contexts: {} };
}

export async function writeAddressBook(env: Env, book: AddressBook): Promise<void> {
  const path = addressBookPath(env);
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
  await writePrivateFile(path, `${JSON.stringify(book, null, 2)}\n`);
}

export function findContext(book: AddressBook, name: string): MeshContext {
  const context = book.contexts[name];
  if (context !== undefined) return context;
  const known = Object.keys(book.contexts).join(', ') || 'none';
  throw new CliError(
    `there is no context '${name}'; there are: ${known}. Add one with: athanor context set ${name} …`,
    EXIT_CODES.usage,
  );
}
