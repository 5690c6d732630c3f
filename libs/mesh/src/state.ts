import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, type ProcessIdentity } from '@athanor/process';
import { type Home, readJsonFile, writePrivateFile } from './home.js';

/** Addresses of the services of a running mesh. */
export interface MeshAddresses {
  readonly ingest: string;
  readonly training: string;
  readonly registry: string;
  readonly inference: string;
}

/** What `up` prints, and stores while it runs. */
export interface MeshState {
  readonly home: string;
  readonly supervisor: ProcessIdentity;
  readonly addresses: MeshAddresses;
  /** Health and metrics of each service. */
  readonly adminAddresses: MeshAddresses;
  readonly natsUrl: string;
  /** JSON file with the API key. */
  readonly credentialsFile: string;
  readonly processes: Readonly<Record<string, ProcessIdentity>>;
}

const END_TIMEOUT_MS = 10_000;

export async function writeState(home: Home, state: MeshState): Promise<void> {
  await writePrivateFile(home.stateFile, `${JSON.stringify(state, null, 2)}\n`);
}

export async function removeState(home: Home): Promise<void> {
  await rm(home.stateFile, { force: true });
}

/** The state of a mesh whose supervisor runs; undefined if there is none. */
export async function readRunningState(home: Home): Promise<MeshState | undefined> {
  const state = await readJsonFile<MeshState>(home.stateFile);
  return state !== undefined && isRunning(state.supervisor) ? state : undefined;
}

/** Ends processes left by a killed supervisor, but none of a supervisor that runs. */
export async function endOrphans(home: Home, onOrphan: (name: string, pid: number) => void): Promise<void> {
  const state = await readJsonFile<MeshState>(home.stateFile);
  if (state === undefined || isRunning(state.supervisor)) return;
  for (const [name, identity] of Object.entries(state.processes)) {
    if (!isRunning(identity)) continue;
    onOrphan(name, identity.pid);
    await endProcess(identity);
  }
}

/** SIGTERM, then SIGKILL; returns when the process is gone. */
export async function endProcess(identity: ProcessIdentity, timeoutMs = END_TIMEOUT_MS): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!isRunning(identity)) return;
    process.kill(identity.pid, signal);
    for (const deadline = performance.now() + timeoutMs; performance.now() < deadline; await sleep(20)) {
      if (!isRunning(identity)) return;
    }
  }
  throw new Error(`process ${identity.pid} does not end; kill it manually, then start again`);
}
