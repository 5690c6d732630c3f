import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { natsPort, servicePorts } from '@athanor/contracts';
import { findNatsServer, startNatsServer, toolCacheDir } from '@athanor/nats-server';
import { type DirectoryLock, identifyProcess, lockDirectory, type ProcessIdentity } from '@athanor/process';
import { Closing } from '@athanor/service';
import { meshPorts, serviceEnvironment } from './environment.js';
import { expectFreePorts } from './free-ports.js';
import { createHome, type Home } from './home.js';
import { natsUsers } from './nats-users.js';
import { MESH_SERVICES, type MeshService, openSecrets } from './secrets.js';
import { endOrphans, type MeshAddresses, type MeshState, removeState, writeState } from './state.js';
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

async function startParts(home: Home, options: MeshOptions, closing: Closing): Promise<MeshState> {
  const { portBase, programs, env: inherited, onProgress } = options;
  const secrets = await openSecrets(home);
  const recorder = new StateRecorder(home, portBase);
  const natsUrl = await startNats(home, options, closing, recorder, secrets.natsPasswords);
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

async function startNats(
  home: Home,
  { env, portBase, onProgress }: MeshOptions,
  closing: Closing,
  recorder: StateRecorder,
  passwords: Parameters<typeof natsUsers>[0],
): Promise<string> {
  const binary = await findNatsServer({
    env,
    cacheDir: toolCacheDir(env),
    onProgress: ({ source, state, detail }) => {
      if (state === 'working') onProgress(`Getting nats-server: ${source} ${detail}`);
    },
  });
  onProgress(`Starting nats-server ${binary.version.text} (${binary.source})`);
  const logFile = join(home.logsDir, 'nats-server.log');
  const start = () =>
    startNatsServer({
      binary,
      dataDir: home.natsDir,
      port: natsPort(portBase),
      users: natsUsers(passwords),
      onLogLine: line => appendFileSync(logFile, `${line}\n`),
      onExit: exit => {
        if (exit.expected) return;
        onProgress(`nats-server ended (${exit.signal ?? `exit code ${exit.code}`}); it is started again`);
        void restart();
      },
    });
  const restart = async () => {
    server = await start();
    await recorder.record('nats-server', identifyProcess(server.pid));
  };
  let server = await start();
  closing.add(() => server.stop());
  await recorder.record('nats-server', identifyProcess(server.pid));
  return server.url;
}

/** Keeps the state file true while processes come and go. */
class StateRecorder {
  state: MeshState;
  readonly #home: Home;

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

  async record(name: string, identity: ProcessIdentity | undefined): Promise<void> {
    if (identity !== undefined)
      this.state = { ...this.state, processes: { ...this.state.processes, [name]: identity } };
    await writeState(this.#home, this.state);
  }
}
