import { join } from 'node:path';
import { natsPort, servicePorts } from '@athanor/contracts';
import { findNatsServer, toolCacheDir } from '@athanor/nats-server';
import { type DirectoryLock, identifyProcess, lockDirectory, type ProcessIdentity } from '@athanor/process';
import { Closing } from '@athanor/service';
import { meshPorts, serviceEnvironment } from './environment.js';
import { expectFreePorts } from './free-ports.js';
import { createHome, type Home } from './home.js';
import { natsUsers } from './nats-users.js';
import { MESH_SERVICES, type MeshService, openSecrets, type Secrets } from './secrets.js';
import { endOrphans, type MeshAddresses, type MeshState, removeState, writeState } from './state.js';
import { SupervisedNats } from './supervised-nats.js';
import { SupervisedProcess } from './supervised-process.js';

/** Entries of the mesh's own programs, absolute paths. */
export interface MeshPrograms {
  readonly control: string;
  readonly inference: string;
}

export interface MeshOptions {
  readonly home: string;
  readonly portBase: number;
  readonly programs: MeshPrograms;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What happens, a line a step. */
  readonly onProgress: (line: string) => void;
}

export interface RunningMesh {
  readonly state: MeshState;
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;

/**
 * Starts the mesh of a home on loopback: nats-server, the control process (ingest, training, registry) and the inference
 * process, each started again when it ends. What a killed mesh has left is ended first.
 *
 * @throws DirectoryLockedError when the home is in use, PortInUseError, NatsServerNotFoundError.
 */
export async function startMesh(options: MeshOptions): Promise<RunningMesh> {
  const home = await createHome(options.home);
  const closing = new Closing();
  const lock: DirectoryLock = await lockDirectory(home.root);
  closing.add(() => lock.release());
  try {
    await endOrphans(home, (name, pid) =>
      options.onProgress(`Ending ${name} (pid ${pid}), left over from a mesh that was killed`),
    );
    await expectFreePorts(meshPorts(options.portBase));
    const state = await startParts(home, options, closing);
    closing.add(() => removeState(home));
    return { state, stop: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

interface MeshWork {
  readonly home: Home;
  readonly secrets: Secrets;
  readonly options: MeshOptions;
  readonly closing: Closing;
  readonly recorder: StateRecorder;
}

async function startParts(home: Home, options: MeshOptions, closing: Closing): Promise<MeshState> {
  const { portBase, programs, env: inherited, onProgress } = options;
  const secrets = await openSecrets(home);
  const recorder = new StateRecorder(home, portBase);
  const natsUrl = await startNats({ home, secrets, options, closing, recorder });
  const env = serviceEnvironment({ home, secrets, portBase, natsUrl, inherited });
  const parts = [
    { name: 'control', path: programs.control, services: ['ingest', 'training', 'registry'] },
    { name: 'inference', path: programs.inference, services: ['inference'] },
  ] as const;
  for (const { name, path, services } of parts) {
    onProgress(`Starting ${name} (${services.join(', ')})`);
    const supervised = new SupervisedProcess({
      name,
      path,
      env,
      logFile: join(home.logsDir, `${name}.log`),
      adminPorts: services.map(service => servicePorts(service, portBase).admin),
      readyTimeoutMs: READY_TIMEOUT_MS,
      onEnd: how => onProgress(`${name} ended (${how}); it is started again`),
      onRestart: identity => void recorder.record(name, identity),
    });
    closing.add(() => supervised.stop());
    await recorder.record(name, await supervised.start());
  }
  return recorder.state;
}

async function startNats({ home, secrets, options, closing, recorder }: MeshWork): Promise<string> {
  const { env, portBase, onProgress } = options;
  const binary = await findNatsServer({
    env,
    cacheDir: toolCacheDir(env),
    onProgress: ({ source, state, detail }) => {
      if (state === 'working') onProgress(`Getting nats-server: ${source} ${detail}`);
    },
  });
  onProgress(`Starting nats-server ${binary.version.text} (${binary.source})`);
  const nats = new SupervisedNats({
    binary,
    dataDir: home.natsDir,
    port: natsPort(portBase),
    users: natsUsers(secrets.natsPasswords),
    logFile: join(home.logsDir, 'nats-server.log'),
    onEnd: how => onProgress(`nats-server ended (${how}); it is started again`),
    onStart: identity => void recorder.record('nats-server', identity),
  });
  closing.add(() => nats.stop());
  return await nats.start();
}

/** Keeps the state file true while processes come and go. */
class StateRecorder {
  state: MeshState;
  readonly #home: Home;
  #written: Promise<void> = Promise.resolve();

  constructor(home: Home, portBase: number) {
    this.#home = home;
    const addresses = (kind: 'public' | 'admin') =>
      Object.fromEntries(MESH_SERVICES.map(name => [name, `127.0.0.1:${servicePorts(name, portBase)[kind]}`]));
    this.state = {
      home: home.root,
      supervisor: identifyProcess(process.pid) ?? { pid: process.pid, startTime: '' },
      addresses: addresses('public') as Record<MeshService, string> satisfies MeshAddresses,
      adminAddresses: addresses('admin') as Record<MeshService, string> satisfies MeshAddresses,
      natsUrl: `nats://127.0.0.1:${natsPort(portBase)}`,
      credentialsFile: home.credentialsFile,
      processes: {},
    };
  }

  /** Writes follow one another, so that the file never goes back in time. */
  record(name: string, identity: ProcessIdentity): Promise<void> {
    this.state = { ...this.state, processes: { ...this.state.processes, [name]: identity } };
    this.#written = this.#written.then(() => writeState(this.#home, this.state));
    return this.#written;
  }
}
