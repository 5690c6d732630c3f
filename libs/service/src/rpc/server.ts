import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { loadContracts, type ServiceKey, serviceDefinition } from '@athanor/contracts';
import { Server, ServerCredentials, type ServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import type { HealthImplementation } from 'grpc-health-check';
import type { ServiceConfig } from '../config/index.js';
import { CallsInFlight } from './calls-in-flight.js';
import { type AdapterOptions, adaptService } from './grpc-adapter.js';
import { ListenError } from './listen-error.js';
import { guardService } from './raw-adapter.js';

export interface RpcServerOptions extends Omit<AdapterOptions, 'calls'> {
  readonly config: ServiceConfig;
  readonly health: HealthImplementation;
  /** Functions by RPC for each service served. */
  readonly services: Partial<Record<ServiceKey, object>>;
  /** Definitions that replace the generated ones: for handlers that decode bytes themselves. */
  readonly definitions?: Partial<Record<ServiceKey, ServiceDefinition>>;
}

export interface RpcServer {
  /** The bound port. */
  readonly port: number;
  /** Refuses new calls and ends when those in flight have ended, or by force after the grace period. */
  stop(graceMs: number): Promise<void>;
}

/** The public listener: our services, health and reflection. */
export async function startRpcServer(options: RpcServerOptions): Promise<RpcServer> {
  const { config } = options;
  const server = new Server({
    'grpc.max_receive_message_length': config.MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': -1,
    'grpc.enable_channelz': 0,
    // A caller that is gone without a word, for streams that may be silent.
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
    'grpc-node.flow_control_window': 8 * 1024 * 1024,
  });
  const calls = new CallsInFlight();
  const adapterOptions: AdapterOptions = { ...options, calls };
  for (const [key, implementation] of Object.entries(options.services)) {
    const definition = options.definitions?.[key as ServiceKey] ?? serviceDefinition(key as ServiceKey);
    server.addService(definition, adaptService(definition, implementation, adapterOptions));
  }
  const guarding = guardedServer(server, adapterOptions);
  options.health.addToServer(guarding);
  new ReflectionService(loadContracts()).addToServer(guarding);
  const port = await bind(server, config);
  return { port, stop: graceMs => stop(server, calls, graceMs) };
}

/** Where foreign implementations are added: our interceptors stand in front of them. */
function guardedServer(server: Server, options: AdapterOptions): Server {
  const guarding = {
    addService: (definition: ServiceDefinition, implementation: UntypedServiceImplementation) =>
      server.addService(definition, guardService(definition, implementation, options)),
  };
  return guarding as Server;
}

async function bind(server: Server, config: ServiceConfig): Promise<number> {
  const address = addressOf(config, config.PORT);
  const credentials = await serverCredentials(config);
  return await new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => {
      if (error) reject(new ListenError(config.HOST, config.PORT, error));
      else resolve(port);
    });
  });
}

function addressOf({ HOST }: ServiceConfig, port: number): string {
  return `${isIP(HOST) === 6 ? `[${HOST}]` : HOST}:${port}`;
}

async function serverCredentials(config: ServiceConfig): Promise<ServerCredentials> {
  const { TLS_CERT_FILE: cert, TLS_KEY_FILE: key } = config;
  if (cert === undefined || key === undefined) return ServerCredentials.createInsecure();
  const [certChain, privateKey] = await Promise.all([readFile(cert), readFile(key)]);
  return ServerCredentials.createSsl(null, [{ cert_chain: certChain, private_key: privateKey }]);
}

/** How long answers that are written already may take to go out. */
const FLUSH_MS = 1_000;

/** No new calls; those in flight end, quiet streams and watchers are cut off. */
async function stop(server: Server, calls: CallsInFlight, graceMs: number): Promise<void> {
  const closed = new Promise<void>(resolve => server.tryShutdown(() => resolve()));
  await calls.drain(graceMs);
  // Answers go out, unless a peer is gone without a word. (forceShutdown() of grpc-js 1.14 knows no sessions when channelz
  // is off, so it would end nothing.)
  let timer: NodeJS.Timeout | undefined;
  const flushed = new Promise<void>(resolve => {
    timer = setTimeout(resolve, FLUSH_MS);
  });
  await Promise.race([closed, flushed]);
  clearTimeout(timer);
}
