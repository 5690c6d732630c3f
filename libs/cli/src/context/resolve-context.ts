import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Addresses } from '@athanor/client';
import { LAPTOP_SERVICES, type LaptopService, servicePorts } from '@athanor/contracts';
import { findHome, type Home } from '@athanor/mesh/home';
import { readRunningState } from '@athanor/mesh/state';
import { CliError, EXIT_CODES } from '../exit-codes.js';
import { commandLine } from '../mesh/command-line.js';
import { findContext, type MeshContext, readAddressBook } from './address-book.js';

/** The settings that select the mesh. */
export interface ConnectOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** --context */
  readonly context?: string | undefined;
  /** --home */
  readonly home?: string | undefined;
}

export function defaultHome(env: ConnectOptions['env']): string {
  return env.ATHANOR_HOME || join(env.HOME || homedir(), '.athanor');
}

/** The folder of --home or ATHANOR_HOME, else the default one. */
export async function meshHome({ env, home }: Pick<ConnectOptions, 'env' | 'home'>): Promise<Home> {
  return await findHome(home || defaultHome(env));
}

/**
 * The selected mesh: --context or ATHANOR_CONTEXT, else --home or ATHANOR_HOME, else ATHANOR_API_KEY with
 * ATHANOR_<SERVICE>_ADDRESS, else the current context, else the mesh in the default home folder.
 */
export async function resolveContext(options: ConnectOptions): Promise<MeshContext> {
  return (await namedContext(options)) ?? (await contextOfHome(options));
}

/** The context selected by the command line, the environment or the address book; undefined: a home folder is used. */
export async function namedContext(options: ConnectOptions): Promise<MeshContext | undefined> {
  const { env } = options;
  const book = await readAddressBook(env);
  const named = options.context ?? (options.home === undefined ? env.ATHANOR_CONTEXT : undefined);
  if (named !== undefined) return findContext(book, named);
  if (options.home || env.ATHANOR_HOME) return undefined;
  if (env.ATHANOR_API_KEY !== undefined) return contextOfEnvironment(env, env.ATHANOR_API_KEY);
  return book.current === undefined ? undefined : findContext(book, book.current);
}

async function contextOfHome(options: ConnectOptions): Promise<MeshContext> {
  const home = await meshHome(options);
  const state = await readRunningState(home);
  if (state === undefined) throw noMesh(options, home.root);
  return { addresses: state.addresses, apiKeyFile: state.credentialsFile };
}

function contextOfEnvironment(env: ConnectOptions['env'], apiKey: string): MeshContext {
  const address = (name: LaptopService) =>
    env[`ATHANOR_${name.toUpperCase()}_ADDRESS`] ?? `127.0.0.1:${servicePorts(name).public}`;
  const addresses = Object.fromEntries(LAPTOP_SERVICES.map(name => [name, address(name)])) as unknown as Addresses;
  return { addresses, apiKey, ...(env.ATHANOR_CA_FILE && { caFile: env.ATHANOR_CA_FILE }) };
}

/** Nothing runs here; the user's mesh may be elsewhere. */
export function noMesh({ env, home }: Pick<ConnectOptions, 'env' | 'home'>, root: string): CliError {
  const up = commandLine('up --detach', home || env.ATHANOR_HOME ? root : undefined);
  const message = `no mesh runs in ${root}; start one with: ${up}, or name another with --home or --context`;
  return new CliError(message, EXIT_CODES.unavailable);
}
