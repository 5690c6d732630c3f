import { isIP } from 'node:net';
import { SERVICE_NAMES, type ServiceKey, serviceDefinition } from '@athanor/contracts';
import { serverCredentials, type WatchedCertificates } from '@athanor/tls';
import {
  type Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { HealthImplementation } from 'grpc-health-check';
import type { ServiceConfig } from '../config/index.js';
import type { ListenerCertificates } from '../tls/listener-certificates.js';
import type { Admit } from './admission/admit.js';
import { createGuardedServer, type GuardOptions, type RequestLimits } from './admission/guarded-server.js';
import { CallAbort } from './call-abort.js';
import { CallContext } from './call-context.js';
import { CallsInFlight } from './calls-in-flight.js';
import { type AdapterOptions, adaptService } from './grpc-adapter.js';
import { ListenError } from './listen-error.js';
import { guardService } from './raw-adapter.js';
import { addReflection } from './reflection.js';

export interface RpcServerOptions extends Omit<AdapterOptions, 'calls'> {
  readonly config: ServiceConfig;
  readonly admit: Admit;
  readonly health: HealthImplementation;
  readonly certificates: ListenerCertificates;
  /** Implementations by RPC, for each service served. */
  readonly services: Partial<Record<ServiceKey, object>>;
  /** Definitions that replace the generated ones: for handlers that decode bytes themselves. */
  readonly definitions?: Partial<Record<ServiceKey, ServiceDefinition>>;
  /**
   * False for a service that no other service calls; its certificate is then used for its own calls only. Default true.
   */
  readonly meshListener?: boolean;
}

export interface RpcServer {
  /** The bound port. */
  readonly port: number;
  /** Port of the mesh listener, if there is one. */
  readonly meshPort: number | undefined;
  /** Refuses new calls and resolves when those in flight have ended; they are aborted after the grace period. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Opens the public listener, and the mesh listener if the service has a certificate for it: our services, health and
 * reflection.
 */
export async function startRpcServer(options: RpcServerOptions): Promise<RpcServer> {
  const { config, meshListener = true } = options;
  const guard: GuardOptions = { admit: options.admit, limits: toLimits(config), onRefusal: observeRefusals(options) };
  const serverOptions = {
    'grpc.max_send_message_length': -1,
    'grpc.enable_channelz': 0,
    ...(config.MAX_CONNECTION_AGE_MS > 0 && { 'grpc.max_connection_age_ms': config.MAX_CONNECTION_AGE_MS }),
    // Keepalive detects callers that disappeared, for streams that may be silent.
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
    'grpc-node.flow_control_window': 8 * 1024 * 1024,
  };
  const { server, stopWatching } = createGuardedServer(serverOptions, guard);
  const calls = new CallsInFlight();
  const adapterOptions: AdapterOptions = { ...options, calls };
  for (const [key, implementation] of Object.entries(options.services)) {
    const definition = options.definitions?.[key as ServiceKey] ?? serviceDefinition(key as ServiceKey);
    server.addService(definition, adaptService(definition, implementation, adapterOptions));
  }
  const guarding = guardedServer(server, adapterOptions);
  options.health.addToServer(guarding);
  addReflection(
    guarding,
    Object.keys(options.services).map(key => SERVICE_NAMES[key as ServiceKey]),
  );
  const { open, mesh } = options.certificates;
  const port = await bind(server, { host: config.HOST, port: config.PORT, credentials: publicCredentials(open) });
  const meshPort = meshListener && mesh ? await bind(server, toMeshListener(config, mesh)) : undefined;
  const stopServer = (graceMs: number) => stop(server, calls, graceMs).finally(stopWatching);
  return { port, meshPort, stop: stopServer };
}

function toLimits(config: ServiceConfig): RequestLimits {
  return {
    maxMessageBytes: config.MAX_MESSAGE_BYTES,
    maxConnectionBytes: config.MAX_CONNECTION_IN_FLIGHT_BYTES,
    maxBytes: config.MAX_IN_FLIGHT_BYTES,
    bodyTimeoutMs: config.REQUEST_TIMEOUT_MS,
  };
}

/** A refused call has no handler; it is measured and logged as a call that failed at once. */
function observeRefusals({ intercept, log }: Pick<AdapterOptions, 'intercept' | 'log'>): GuardOptions['onRefusal'] {
  return ({ method, isStream, metadata, error }) => {
    const context = new CallContext({
      ...{ method, isStream, log, abort: new CallAbort(), deadlineMs: Number.POSITIVE_INFINITY },
      metadata: key => metadata.get(key)[0]?.toString(),
      isCertified: () => false,
    });
    intercept(context, () => Promise.reject(error)).catch(() => undefined);
  };
}

/** For third-party implementations: our interceptors run before them. */
function guardedServer(server: Server, options: AdapterOptions): Server {
  const guarding = {
    addService: (definition: ServiceDefinition, implementation: UntypedServiceImplementation) =>
      server.addService(definition, guardService(definition, implementation, options)),
  };
  return guarding as Server;
}

interface Listener {
  readonly host: string;
  readonly port: number;
  readonly credentials: ServerCredentials;
}

function publicCredentials(certificates: WatchedCertificates | undefined): ServerCredentials {
  if (certificates === undefined) return ServerCredentials.createInsecure();
  return serverCredentials(certificates, { mutual: false });
}

function toMeshListener(config: ServiceConfig, certificates: WatchedCertificates): Listener {
  return { host: config.HOST, port: config.MESH_PORT, credentials: serverCredentials(certificates, { mutual: true }) };
}

async function bind(server: Server, { host, port, credentials }: Listener): Promise<number> {
  const address = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  return await new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, bound) => {
      if (error) reject(new ListenError(host, port, error));
      else resolve(bound);
    });
  });
}

/** Time for responses that are already written to be sent. */
const FLUSH_MS = 1_000;

/** No new calls; those in flight complete, idle streams and watchers are ended. */
async function stop(server: Server, calls: CallsInFlight, graceMs: number): Promise<void> {
  const closed = new Promise<void>(resolve => server.tryShutdown(() => resolve()));
  await calls.drain(graceMs);
  // Waits until responses are sent, unless a peer has disappeared. (forceShutdown() of grpc-js 1.14 tracks no sessions
  // if channelz is off, so it would end nothing.)
  let timer: NodeJS.Timeout | undefined;
  const flushed = new Promise<void>(resolve => {
    timer = setTimeout(resolve, FLUSH_MS);
  });
  await Promise.race([closed, flushed]);
  clearTimeout(timer);
}
