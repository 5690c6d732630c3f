import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { chmod, chown } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { findOnPath, runCommand } from '@athanor/nats-server';
import { type Available, unavailable } from './availability.js';
import { startChildServer } from './child-server.js';
import { freePort } from './free-port.js';
import { temporaryDirectory } from './temporary-directory.js';

export interface TestPostgres {
  /** `postgres://…` of an empty database (or of `DATABASE_URL`, which tests may share, so use your own schemas). */
  readonly url: string;
  /** Process id of the server; undefined for one that others use too. */
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

const DEBIAN_ROOT = '/usr/lib/postgresql';
const COMMAND_TIMEOUT_MS = 60_000;

/** The URL of the server that the files of a run share, set by global-setup.ts. */
export const SHARED_SERVER = 'TEST_POSTGRES_URL';

/** `DATABASE_URL`; else a new database on the run's shared server; else a new server; else the reason why there is none. */
export async function startPostgres(): Promise<Available<TestPostgres>> {
  const url = process.env.DATABASE_URL;
  if (url) return { available: true, url, pid: undefined, stop: async () => {} };
  const shared = process.env[SHARED_SERVER];
  return shared ? { available: true, ...(await createDatabase(shared)) } : startPostgresServer();
}

/** A PostgreSQL server in a temporary folder. It exits with this process, whatever happens. */
export async function startPostgresServer(): Promise<Available<TestPostgres>> {
  const bin = await postgresBin();
  if (!bin) return unavailable('PostgreSQL', `no postgres on PATH or in ${DEBIAN_ROOT} and no DATABASE_URL`);
  return { available: true, ...(await startServer(bin)) };
}

async function createDatabase(server: string): Promise<TestPostgres> {
  const bin = await postgresBin();
  const name = `test_${randomUUID().slice(0, 8)}`;
  const run = (command: string, ...args: readonly string[]) =>
    runCommand(join(bin!, command), [`--maintenance-db=${server}`, ...args, name], {
      env: process.env,
      timeoutMs: COMMAND_TIMEOUT_MS,
    });
  await run('createdb');
  const url = new URL(name, server).href;
  return { url, pid: undefined, stop: async () => void (await run('dropdb', '--force')) };
}

async function postgresBin(): Promise<string | undefined> {
  const onPath = await findOnPath('postgres', process.env);
  if (onPath && existsSync(join(dirname(realpathSync(onPath)), 'initdb'))) return dirname(realpathSync(onPath));
  const versions = existsSync(DEBIAN_ROOT) ? readdirSync(DEBIAN_ROOT) : [];
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  return newest && join(DEBIAN_ROOT, newest, 'bin');
}

async function startServer(bin: string): Promise<TestPostgres> {
  const directory = await temporaryDirectory('postgres');
  try {
    const asUser = await unprivileged(directory.path);
    const dataDir = join(directory.path, 'data');
    const initdb = [...asUser, join(bin, 'initdb'), '-D', dataDir, '-U', 'test', '--auth=trust', '-N', '-E', 'UTF8'];
    await runCommand(initdb[0]!, initdb.slice(1), { env: process.env, timeoutMs: COMMAND_TIMEOUT_MS });
    const port = await freePort();
    // fsync stays on: durability is part of what is tested.
    const settings = ['-h', '127.0.0.1', '-p', String(port), '-k', '', '-c', 'max_connections=100'];
    const [file, ...args] = [...asUser, join(bin, 'postgres'), '-D', dataDir, ...settings];
    const server = await startChildServer({ file: file!, args, isReady: () => admitsSession(port) });
    const stop = async () => {
      await server.stop();
      await directory.remove();
    };
    return { url: `postgres://test@127.0.0.1:${port}/postgres`, pid: server.pid, stop };
  } catch (error) {
    await directory.remove();
    throw error;
  }
}

/** PostgreSQL refuses to run as root; as root, everything runs as `postgres` or `nobody`, with util-linux's setpriv. */
async function unprivileged(folder: string): Promise<string[]> {
  if (process.getuid?.() !== 0) return [];
  const user = ['postgres', 'nobody'].find(name => userId(name) !== undefined);
  if (!user) throw new Error('the tests run as root, and there is no user postgres or nobody to run PostgreSQL as');
  const uid = userId(user)!;
  await chown(folder, uid, uid);
  await chmod(folder, 0o700);
  return ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];
}

function userId(name: string): number | undefined {
  try {
    return Number(execFileSync('id', ['-u', name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return undefined;
  }
}

/** Version 3.0, then user and database as pairs of zero-terminated strings (protocol, 55.7: StartupMessage). */
const STARTUP_PARAMETERS = Buffer.from('\0\x03\0\0user\0test\0database\0postgres\0\0', 'latin1');
const AUTHENTICATION = 'R'.charCodeAt(0);

/** Waits until the server accepts a session. Before that it accepts connections and responds that it is starting up. */
function admitsSession(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port });
    const length = Buffer.alloc(4);
    length.writeInt32BE(length.length + STARTUP_PARAMETERS.length);
    socket.setTimeout(500, () => socket.destroy());
    socket.on('connect', () => socket.write(Buffer.concat([length, STARTUP_PARAMETERS])));
    socket.on('data', answer => {
      resolve(answer[0] === AUTHENTICATION);
      socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(false));
  });
}
