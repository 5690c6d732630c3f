import { SERVICE_NAMES, type ServiceKey, TENANT_PERMISSIONS } from '@athanor/contracts';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { HealthImplementation, type ServingStatusMap } from 'grpc-health-check';
import { startAdminListener } from '../admin/listener.js';
import {
  createAuthenticator,
  createTokenAuthority,
  KeyRing,
  loadMeshSecret,
  type TokenAuthority,
} from '../auth/index.js';
import { checkBind, type ServiceConfig } from '../config/index.js';
import { composeInterceptors, createAdmission, defaultInterceptors, startRpcServer } from '../rpc/index.js';
import type { Telemetry } from '../telemetry/index.js';
import { openListenerCertificates } from '../tls/listener-certificates.js';
import { Closing } from './closing.js';

export interface ServiceOptions {
  readonly name: string;
  readonly config: ServiceConfig;
  readonly telemetry: Telemetry;
  /** Implementations by RPC, for each gRPC service. */
  readonly services: Partial<Record<ServiceKey, object>>;
  readonly definitions?: Partial<Record<ServiceKey, ServiceDefinition>>;
  /** RpcServerOptions.meshListener */
  readonly meshListener?: boolean;
}

/** A running service. */
export interface RunningService {
  readonly port: number;
  readonly adminPort: number;
  /** Of the mesh listener, if there is one. */
  readonly meshPort: number | undefined;
  /** The status that probes receive. */
  setReady(ready: boolean): void;
  /** Drains: NOT_SERVING, no new calls, calls in flight complete, listeners close. */
  stop(): Promise<void>;
}

/** Signs the service's own tokens; created before the service, because its clients need it. */
export async function openTokenAuthority(config: ServiceConfig): Promise<TokenAuthority> {
  return createTokenAuthority(await loadMeshSecret(config.MESH_SECRET_FILE));
}

/** Opens the listeners of a service. Closes what was opened if a later step fails. */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const { config, telemetry, services } = options;
  const { log } = telemetry;
  checkBind(config);
  const closing = new Closing();
  try {
    const keys = new KeyRing({ path: config.API_KEYS_FILE, log, keyPermissions: TENANT_PERMISSIONS });
    await keys.start();
    closing.add(() => keys.stop());
    const names = ['', ...Object.keys(services).map(key => SERVICE_NAMES[key as ServiceKey])];
    const health = new HealthImplementation(statusMap(names, 'NOT_SERVING'));
    let ready = false;
    const setReady = (value: boolean) => {
      ready = value;
      for (const name of names) health.setStatus(name, value ? 'SERVING' : 'NOT_SERVING');
    };
    const authenticate = createAuthenticator(keys, await openTokenAuthority(config));
    const admit = createAdmission({ authenticate, certifiedServices: config.MESH_CERT_FILE !== undefined });
    const interceptors = defaultInterceptors({ telemetry, defaultDeadlineMs: config.DEFAULT_DEADLINE_MS });
    const intercept = composeInterceptors(interceptors);
    const certificates = openListenerCertificates(config, telemetry);
    closing.add(() => certificates.close());
    const streamIdleMs = config.STREAM_IDLE_MS;
    const rpc = await startRpcServer({ ...options, admit, health, intercept, log, streamIdleMs, certificates });
    closing.add(() => rpc.stop(config.DRAIN_GRACE_MS));
    const { ADMIN_HOST: host, ADMIN_PORT: port } = config;
    const metricsText = () => telemetry.metricsText();
    const onError = (error: unknown) => log.error({ err: error }, 'the admin listener could not respond');
    const admin = await startAdminListener({ host, port, health, isReady: () => ready, metricsText, onError });
    log.info({ host: config.HOST, port: rpc.port, meshPort: rpc.meshPort, adminPort: admin.port }, 'service listens');
    return {
      port: rpc.port,
      meshPort: rpc.meshPort,
      adminPort: admin.port,
      setReady,
      async stop() {
        setReady(false);
        await delay(config.DRAIN_DELAY_MS);
        // Probes are answered until the end.
        await closing.close().finally(() => admin.stop());
        log.info('service stopped');
      },
    };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

function statusMap(names: string[], status: 'SERVING' | 'NOT_SERVING'): ServingStatusMap {
  return Object.fromEntries(names.map(name => [name, status]));
}

function delay(ms: number): Promise<void> {
  return ms === 0 ? Promise.resolve() : new Promise(resolve => setTimeout(resolve, ms));
}
