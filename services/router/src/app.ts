import { createStub } from '@athanor/client';
import { type ChangeRequest, changeDeployment, listDeployments, watchDeployments } from '@athanor/placement';
import {
  type CallContext,
  Closing,
  createTelemetry,
  natsOptions,
  openTokenAuthority,
  peerChannel,
  type ServiceApp,
  startService,
  type Telemetry,
} from '@athanor/service';
import { openChannelCredentials } from '@athanor/tls';
import type { ChannelCredentials } from '@grpc/grpc-js';
import type { RouterConfig } from './config.js';
import { Pool } from './pools/pool.js';
import { readPoolsFile } from './pools/pools-file.js';
import type { HostPort } from './pools/resolve-hosts.js';
import { followDeployments } from './routes/follow-deployments.js';
import { RouteTable } from './routes/route-table.js';
import { routerDefinition } from './rpc/definition.js';
import { GrpcEndpoint, type GrpcPool } from './rpc/grpc-endpoint.js';
import { RetryBudget } from './rpc/retry-budget.js';
import { routerService, statusRouter } from './rpc/router-service.js';

export interface AppOptions {
  readonly config: RouterConfig;
}

/** Composition root: opens what the router needs, and closes it again if a later step fails. */
export async function startRouter({ config }: AppOptions): Promise<ServiceApp> {
  const closing = new Closing();
  try {
    const { LOG_LEVEL: logLevel, OTLP_ENDPOINT: otlpEndpoint } = config;
    // No active span is needed here: a call's own is in its context.
    const telemetry = createTelemetry({ service: 'router', logLevel, otlpEndpoint, followsContext: false });
    closing.add(() => telemetry.shutdown());
    const { log } = telemetry;
    const entries = await readPoolsFile(config.POOLS_FILE);
    const tokens = await openTokenAuthority(config);
    const registry = createStub('registry', {
      ...peerChannel('router', config, tokens),
      address: config.REGISTRY_ADDRESS,
    });
    closing.add(() => registry.close());
    const poolCredentials = openPoolCredentials(config, { closing, log });
    const connect = (where: HostPort) => new GrpcEndpoint(where, poolCredentials);
    const options = { connect, intervalMs: config.ENDPOINTS_INTERVAL_MS, log };
    const pools = entries.map(entry => new Pool(entry, options));
    for (const pool of pools) {
      closing.add(() => pool.stop());
      await pool.start();
    }
    const inFlight = telemetry.meter.createObservableGauge('athanor_router_pool_in_flight', {
      description: 'Calls in flight to a pool',
    });
    const processes = telemetry.meter.createObservableGauge('athanor_router_pool_processes', {
      description: 'Processes of a pool that accept calls',
    });
    for (const pool of pools) {
      inFlight.addCallback(result => result.observe(sum(pool), { pool: pool.name }));
      processes.addCallback(result => result.observe(pool.size, { pool: pool.name }));
    }
    const retries = telemetry.meter.createCounter('athanor_router_retries', {
      description: 'Calls retried at another process, by the status of the previous attempt',
    });
    const budget = new RetryBudget({ onRetry: code => retries.add(1, { code }) });
    const table = new RouteTable(pools);
    const following = followDeployments({
      ...{ table, log, intervalMs: config.RECONCILE_INTERVAL_MS },
      list: context => listDeployments(registry, context),
      onReady: () => service.setReady(true),
    });
    const refresh = () => following.refresh();
    const change = (context: CallContext, request: ChangeRequest) => changeDeployment(registry, context, request);
    const dependencies = { table, pools, budget, refresh, changeDeployment: change };
    const service = await startService({
      ...{ name: 'router', config, telemetry },
      services: { inference: routerService(dependencies), inferenceStatus: statusRouter(dependencies) },
      definitions: { inference: routerDefinition('inference'), inferenceStatus: routerDefinition('inferenceStatus') },
      meshListener: false,
    });
    closing.add(() => following.stop());
    const nats = { ...natsOptions(config), name: 'router' };
    closing.add(watchDeployments({ nats, log, onChange: traceparent => following.wake(traceparent) }));
    // Closed first, so that no new calls arrive while the pools are closed.
    closing.add(() => service.stop());
    following.start();
    const { port, adminPort, meshPort } = service;
    return { port, adminPort, meshPort, stop: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

/** Pools are called on their mesh listeners, with the router's certificate. */
function openPoolCredentials(
  config: RouterConfig,
  { closing, log }: { readonly closing: Closing; readonly log: Telemetry['log'] },
): ChannelCredentials {
  const { MESH_CA_FILE: caFile, MESH_CERT_FILE: certFile, MESH_KEY_FILE: keyFile } = config;
  const onProblem = (error: Error) =>
    log.error({ err: error }, 'the new certificates for pools cannot be used; the previous ones stay in use');
  const opened = openChannelCredentials({ caFile, certFile, keyFile }, { onProblem });
  closing.add(() => opened.close());
  return opened.credentials;
}

function sum(pool: GrpcPool): number {
  let total = 0;
  for (const { inFlight } of pool.endpoints) total += inFlight;
  return total;
}
