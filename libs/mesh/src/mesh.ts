import { join } from 'node:path';
import { LAPTOP_SERVICES, type LaptopService, meshPorts, natsPort, SERVICES, servicePorts } from '@athanor/contracts';
import { findNatsServer, toolCacheDir } from '@athanor/nats-server';
import { type DirectoryLock, lockDirectory, type ProcessIdentity } from '@athanor/process';
import { Closing } from '@athanor/service/closing';
import { checkInherited, serviceEnvironment } from './environment.js';
import { expectFreePorts } from './free-ports.js';
import { createHome, type Home } from './home.js';
import { openLogFile } from './log-file.js';
import { natsUsers } from './nats-users.js';
import { openSecrets, type Secrets } from './secrets.js';
import { endOrphans, type MeshState, removeState } from './state.js';
import { StateRecorder } from './state-recorder.js';
import { SupervisedNats } from './supervised-nats.js';
import { SupervisedProcess } from './supervised-process.js';

/** Absolute paths of the entry points of the mesh's own programs. */
export interface MeshPrograms {
  readonly control: string;
  readonly inference: string;
}

export interface MeshOptions {
  readonly home: string;
  readonly portBase: number;
  readonly programs: MeshPrograms;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Progress, one line per step. */
  readonly onProgress: (line: string) => void;
}

export interface RunningMesh {
  readonly state: MeshState;
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;

/**
 * Starts the mesh of a home on loopback: nats-server, the control process (ingest, training, registry) and the
 * inference process. Each is restarted when it ends. Processes left by a killed mesh are ended first.
 *
 * @throws DirectoryLockedError if the home is in use, PortInUseError, NatsServerNotFoundError, InheritedVariablesError.
 */
export async function startMesh(options: MeshOptions): Promise<RunningMesh> {
  checkInherited(options.env);
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
  if (inherited.ATHANOR_DATABASE_URL) onProgress('Storing state in the database of ATHANOR_DATABASE_URL');
  const start = async ({ name, services }: Part): Promise<void> => {
    const supervised = new SupervisedProcess({
      name,
      path: programs[name],
      env: serviceEnvironment({ services, home, secrets, portBase, natsUrl, inherited }),
      logFile: join(home.logsDir, `${name}.log`),
      adminPorts: services.map(service => servicePorts(service, portBase).admin),
      readyTimeoutMs: READY_TIMEOUT_MS,
      onEnd: how => onProgress(`${name} ended (${how}); restarting it`),
      onLogLost: onProgress,
      onRestart: identity => recordLater(recorder, { name, identity, onProgress }),
    });
    closing.add(() => supervised.stop());
    const starting = supervised.start();
    await timed(`${name} (${services.join(', ')})`, onProgress, () => starting);
    await recorder.record(name, await starting);
  };
  // In parallel: inference retries until control is available. If one fails, closing ends the other.
  await Promise.all(PARTS.map(start));
  return recorder.state;
}

interface Part {
  readonly name: keyof MeshPrograms;
  readonly services: readonly LaptopService[];
}

const PARTS: readonly Part[] = (['control', 'inference'] as const).map(name => ({
  name,
  services: LAPTOP_SERVICES.filter(service => SERVICES[service].laptopProcess === name),
}));

/** Reports what is being waited for, and when it is ready. */
async function timed<T>(what: string, onProgress: MeshOptions['onProgress'], work: () => Promise<T>): Promise<T> {
  onProgress(`Starting ${what}`);
  const begun = performance.now();
  const result = await work();
  onProgress(`  ${what} is ready after ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  return result;
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
  const nats = new SupervisedNats({
    binary,
    dataDir: home.natsDir,
    port: natsPort(portBase),
    users: natsUsers(secrets.natsPasswords),
    log: openLogFile(join(home.logsDir, 'nats-server.log'), onProgress),
    onEnd: how => onProgress(`nats-server ended (${how}); restarting it`),
    onStart: identity => recordLater(recorder, { name: 'nats-server', identity, onProgress }),
  });
  closing.add(() => nats.stop());
  return await timed(`nats-server ${binary.version.text} (${binary.source})`, onProgress, () => nats.start());
}

interface Started {
  readonly name: string;
  readonly identity: ProcessIdentity;
  readonly onProgress: MeshOptions['onProgress'];
}

/** Records what runs. If that fails the mesh continues, and the next record makes up for it. */
function recordLater(recorder: StateRecorder, { name, identity, onProgress }: Started): void {
  recorder.record(name, identity).catch((error: Error) => {
    onProgress(`the process id of ${name} could not be recorded: ${error.message}`);
  });
}
