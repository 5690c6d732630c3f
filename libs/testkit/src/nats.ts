import { findNatsServer, type NatsServer, type NatsUser, startNatsServer, toolCacheDir } from '@athanor/nats-server';
import { temporaryDirectory } from './temporary-directory.js';

export interface TestNats {
  /** `nats://127.0.0.1:port`, the same after `restart` and `kill`. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly pid: number;
  /** SIGKILL, as a crash. The store is kept; `restart` starts it again. */
  kill(): Promise<void>;
  /** Restarts it on the same port and store; ends a running one first. */
  restart(): Promise<void>;
  /** Ends the server and removes its store. */
  stop(): Promise<void>;
}

export interface TestNatsOptions {
  readonly users?: readonly NatsUser[];
}

const USER: NatsUser = { user: 'test', password: 'test' };

/**
 * A real nats-server with JetStream in a temporary folder on a free port. It exits with this process, whatever happens.
 */
export async function startNats(options: TestNatsOptions = {}): Promise<TestNats> {
  const binary = await findNatsServer({ env: process.env, cacheDir: toolCacheDir(process.env) });
  const directory = await temporaryDirectory('nats');
  const users = [USER, ...(options.users ?? [])];
  const start = (port: number) => startNatsServer({ binary, dataDir: directory.path, port, users });
  let server: NatsServer;
  try {
    server = await start(0);
  } catch (error) {
    await directory.remove();
    throw error;
  }
  const { url, port } = server;
  return {
    url,
    user: USER.user,
    password: USER.password,
    get pid() {
      return server.pid;
    },
    async kill() {
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
    },
    async restart() {
      await server.stop();
      server = await start(port);
    },
    async stop() {
      await server.stop();
      await directory.remove();
    },
  };
}
