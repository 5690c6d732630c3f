import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AthanorClient, createAthanorClient } from '@athanor/client';
import { meshPorts } from '@athanor/contracts';
import type { MeshState } from '@athanor/mesh';
import { isRunning } from '@athanor/process';

/** The checkout. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const ATHANOR = join(ROOT, 'athanor');

/** A whole mesh in its own processes, as started by `athanor up`. */
export interface TestMesh {
  readonly home: string;
  readonly portBase: number;
  readonly state: MeshState;
  readonly client: AthanorClient;
  readonly apiKey: string;
  /** The `athanor up` process: leader of a process group with all processes that it started. */
  readonly supervisor: ChildProcess;
  /** Stops it like a user: SIGTERM. */
  stop(): Promise<void>;
  /** SIGKILL of the supervisor alone. */
  killSupervisor(): Promise<void>;
  /** SIGKILL of the whole process group. */
  killGroup(): Promise<void>;
}

export interface MeshOptions {
  readonly home: string;
  readonly portBase?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Whose program is started. Default: this one. */
  readonly checkout?: string;
}

const START_TIMEOUT_MS = 90_000;

export async function startMesh(options: MeshOptions): Promise<TestMesh> {
  const portBase = options.portBase ?? (await freePortBase());
  const program = join(options.checkout ?? ROOT, 'athanor');
  const args = [program, '--home', options.home, 'up', '--json', '--port-base', String(portBase)];
  const env = { ...process.env, ...options.env };
  const supervisor = spawn(process.execPath, args, { detached: true, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const state = await readReadyLine(supervisor);
  const { apiKey } = JSON.parse(await readFile(state.credentialsFile, 'utf8')) as { apiKey: string };
  const client = createAthanorClient({ addresses: state.addresses, apiKey });
  const ended = new Promise<void>(resolve => supervisor.once('exit', () => resolve()));
  const end = async (kill: () => void) => {
    client.close();
    if (supervisor.exitCode === null && supervisor.signalCode === null) kill();
    await ended;
  };
  return {
    ...{ home: options.home, portBase, state, client, apiKey, supervisor },
    stop: () => end(() => supervisor.kill('SIGTERM')),
    killSupervisor: () => end(() => supervisor.kill('SIGKILL')),
    killGroup: () => end(() => process.kill(-(supervisor.pid as number), 'SIGKILL')),
  };
}

function readReadyLine(supervisor: ChildProcess): Promise<MeshState> {
  return new Promise((resolve, reject) => {
    let out = '';
    let err = '';
    const fail = (why: string) => reject(new Error(`the mesh ${why}:\n${err}`));
    const timer = setTimeout(() => fail(`was not ready after ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
    supervisor.stderr?.on('data', (data: Buffer) => {
      err += data.toString();
    });
    supervisor.stdout?.on('data', (data: Buffer) => {
      out += data.toString();
      if (!out.includes('\n')) return;
      clearTimeout(timer);
      resolve(JSON.parse(out) as MeshState);
    });
    supervisor.once('exit', code => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
  });
}

/** A home that is removed by the test. */
export async function temporaryHome(label: string): Promise<string> {
  return await mkdtemp(join(tmpdir(), `athanor-${label}-`));
}

export async function removeHome(home: string): Promise<void> {
  await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/**
 * A port base whose ports are all free. Each test worker has its own range: a mesh that is killed and restarted must
 * find its ports free.
 */
export async function freePortBase(): Promise<number> {
  const worker = Number(process.env.VITEST_POOL_ID ?? 0) % 4;
  for (;;) {
    const base = 20_000 + 3_000 * worker + 100 * Math.floor(Math.random() * 30);
    const ports = meshPorts(base);
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return base;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Waits until none of a mesh's processes runs any more. */
export async function waitUntilGone(state: MeshState, timeoutMs = 20_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  const left = () => Object.entries(state.processes).filter(([, identity]) => isRunning(identity));
  while (left().length > 0) {
    if (performance.now() > deadline)
      throw new Error(
        `still running: ${left()
          .map(([name]) => name)
          .join(', ')}`,
      );
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
