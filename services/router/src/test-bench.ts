/*
 * What the router's tests share: a registry and pools that answer over real gRPC with the mesh's authentication, as
 * stand-ins, and the router itself between them.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createStub, type Stub } from '@athanor/client';
import type { ResolvedDeploymentInput } from '@athanor/contracts/registry';
import {
  type CallContext,
  createTelemetry,
  loadConfig,
  type RunningService,
  ServiceError,
  serviceFields,
  startService,
} from '@athanor/service';
import { createTestCredentials, type TestCredentials } from '@athanor/service/testing';
import { startNats, temporaryDirectory } from '@athanor/testkit';
import { z } from 'zod';
import { startRouter } from './app.js';
import { loadRouterConfig } from './config.js';

export interface PoolWish {
  readonly models: readonly string[];
  /** Processes. */
  readonly size?: number;
}

/** A process of a pool that says who it is. */
export interface StandIn {
  readonly service: RunningService;
  /** Calls of ModelInfer and requests on streams, by model. */
  readonly seen: string[];
  /** Models that it has not loaded yet. */
  readonly unknown: Set<string>;
  /** Holds answers back. */
  delayMs: number;
}

export interface Bench {
  readonly router: Stub<'inference'>;
  readonly stranger: Stub<'inference'>;
  readonly address: string;
  readonly key: string;
  readonly pools: ReadonlyMap<string, readonly StandIn[]>;
  /** What the registry answers next. */
  deployments: ResolvedDeploymentInput[];
  stop(): Promise<void>;
}

export function deployment(name: string, model = name, alias = 'champion'): ResolvedDeploymentInput {
  return { tenant: 'acme', deployment: { name, modelName: model, alias } };
}

async function startStandIn(name: string, options: { services: object; credentials: TestCredentials }) {
  const config = loadConfig(z.object(serviceFields({ port: 0, adminPort: 0 })), name, {
    ...options.credentials.environment,
    ATHANOR_DRAIN_GRACE_MS: '3000',
  });
  const telemetry = createTelemetry({ service: name, logLevel: 'silent' });
  const service = await startService({ name, config, telemetry, services: options.services });
  service.setReady(true);
  return service;
}

async function startPoolProcess(name: string, credentials: TestCredentials): Promise<StandIn> {
  const seen: string[] = [];
  const wait = () => new Promise(resolve => setTimeout(resolve, standIn.delayMs));
  const answer = async ({ modelName, id }: { modelName: string; id: string }) => {
    if (standIn.unknown.has(modelName)) throw new ServiceError('NOT_FOUND', 'Request for unknown model');
    seen.push(modelName);
    await wait();
    return { modelName, modelVersion: name, id, outputs: [] };
  };
  const inference = {
    serverMetadata: async () => ({ name: 'athanor', version: '1', extensions: [] }),
    modelReady: async () => ({ ready: true }),
    modelInfer: answer,
    async *modelStreamInfer(requests: AsyncIterable<{ modelName: string; id: string }>) {
      for await (const request of requests) yield { errorMessage: '', inferResponse: await answer(request) };
    },
    repositoryIndex: async (_: unknown, { tenant }: CallContext) => ({
      models: [{ name: `of ${tenant}`, version: '1', state: 'READY', reason: name }],
    }),
    modelStatistics: async () => ({ modelStats: [{ name, version: '1' }] }),
  };
  const service = await startStandIn('inference', { services: { inference }, credentials });
  const standIn = { service, seen, unknown: new Set<string>(), delayMs: 0 };
  return standIn;
}

export async function startBench(
  wishes: Readonly<Record<string, PoolWish>>,
  { intervalMs = 100 }: { intervalMs?: number } = {},
): Promise<Bench> {
  const folder = await temporaryDirectory('router');
  const nats = await startNats();
  const credentials = await createTestCredentials(folder.path);
  const key = await credentials.addKey({ tenant: 'acme' });
  const otherKey = await credentials.addKey({ tenant: 'other' });
  const bench = { deployments: [] as ResolvedDeploymentInput[] };
  const registry = await startStandIn('registry', {
    services: { registry: { listResolvedDeployments: async () => ({ deployments: bench.deployments }) } },
    credentials,
  });
  const pools = new Map<string, StandIn[]>();
  const entries = [];
  for (const [name, { models, size = 1 }] of Object.entries(wishes)) {
    const processes = await Promise.all(Array.from({ length: size }, () => startPoolProcess(name, credentials)));
    pools.set(name, processes);
    entries.push({ name, address: processes.map(({ service }) => `127.0.0.1:${service.port}`).join(','), models });
  }
  const poolsFile = join(folder.path, 'pools.json');
  await writeFile(poolsFile, JSON.stringify({ pools: entries }));
  const app = await startRouter({
    config: loadRouterConfig({
      ...credentials.environment,
      ATHANOR_NATS_URL: nats.url,
      ATHANOR_NATS_USER: nats.user,
      ATHANOR_NATS_PASSWORD: nats.password,
      ATHANOR_PORT: '0',
      ATHANOR_ADMIN_PORT: '0',
      ATHANOR_LOG_LEVEL: 'fatal',
      ATHANOR_REGISTRY_ADDRESS: `127.0.0.1:${registry.port}`,
      ATHANOR_POOLS_FILE: poolsFile,
      ATHANOR_RECONCILE_INTERVAL_MS: String(intervalMs),
    }),
  });
  const address = `127.0.0.1:${app.port}`;
  const stubs = [key, otherKey].map(credential => createStub('inference', { address, credential }));
  return Object.assign(bench, {
    ...{ router: stubs[0]!, stranger: stubs[1]!, address, key, pools },
    async stop() {
      for (const stub of stubs) stub.close();
      await app.stop();
      await Promise.all([...pools.values()].flat().map(({ service }) => service.stop()));
      await registry.stop();
      await nats.stop();
      await folder.remove();
    },
  });
}
