/*
 * Shared by the router's tests: a stand-in registry and stand-in pools over real gRPC with the mesh's authentication,
 * and the real router between them.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createStub, type Stub } from '@athanor/client';
import { serviceDefinition } from '@athanor/contracts';
import type { ResolvedDeploymentInput, SetDeploymentRequest } from '@athanor/contracts/registry';
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
import { startNats, type TestNats, temporaryDirectory } from '@athanor/testkit';
import { Client, type ClientDuplexStream, credentials, Metadata, type MethodDefinition } from '@grpc/grpc-js';
import { z } from 'zod';
import { startRouter } from './app.js';
import { loadRouterConfig } from './config.js';

export interface PoolSpec {
  readonly models: readonly string[];
  /** Number of processes. */
  readonly size?: number;
}

/** A process of a pool that identifies itself in its answers. */
export interface StandIn {
  readonly service: RunningService;
  /** Number of calls of ModelInfer and requests on streams, by model. */
  readonly seen: string[];
  /** Models that it has not loaded yet. */
  readonly unknown: Set<string>;
  /** Calls whose caller cancelled or whose deadline passed. */
  aborted: number;
  /** Blocks answers until it settles. */
  delayMs: number;
}

export interface Bench {
  readonly router: Stub<'inference'>;
  readonly stranger: Stub<'inference'>;
  readonly address: string;
  readonly key: string;
  readonly pools: ReadonlyMap<string, readonly StandIn[]>;
  readonly nats: TestNats;
  /** The next answer of the registry. */
  deployments: ResolvedDeploymentInput[];
  /** Number of calls. */
  readonly asked: number;
  /** Changes that the registry was asked for, with the tenant of the credential. */
  readonly changes: readonly string[];
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
  const answer = async ({ modelName, id }: { modelName: string; id: string }, { signal }: CallContext) => {
    if (standIn.unknown.has(modelName)) throw new ServiceError('NOT_FOUND', 'Request for unknown model');
    seen.push(modelName);
    const count = () => standIn.aborted++;
    signal.addEventListener('abort', count);
    await wait();
    signal.removeEventListener('abort', count);
    return { modelName, modelVersion: name, id, outputs: [] };
  };
  const inference = {
    serverMetadata: async () => ({ name: 'athanor', version: '1', extensions: [] }),
    modelReady: async () => ({ ready: true }),
    modelInfer: answer,
    async *modelStreamInfer(requests: AsyncIterable<{ modelName: string; id: string }>, context: CallContext) {
      for await (const request of requests) yield { errorMessage: '', inferResponse: await answer(request, context) };
    },
    repositoryIndex: async (_: unknown, { tenant }: CallContext) => ({
      models: [{ name: `of ${tenant}`, version: '1', state: 'READY', reason: name }],
    }),
    modelStatistics: async () => ({ modelStats: [{ name, version: '1' }] }),
  };
  const service = await startStandIn('inference', { services: { inference }, credentials });
  const standIn = { service, seen, unknown: new Set<string>(), aborted: 0, delayMs: 0 };
  return standIn;
}

/** This name has no address (RFC 6761). */
const UNRESOLVABLE = 'nobody.invalid:1';

export interface BenchOptions {
  readonly deployments?: ResolvedDeploymentInput[];
  /** Interval between two lists of the registry. */
  readonly intervalMs?: number;
  /** NATS is not running yet: `bench.nats.restart()` starts it. */
  readonly withoutNats?: boolean;
}

/** Resolves when the router knows the last deployment. */
export async function startBench(
  specs: Readonly<Record<string, PoolSpec>>,
  { deployments = [deployment('digits'), deployment('faces', 'people')], ...options }: BenchOptions = {},
): Promise<Bench> {
  const folder = await temporaryDirectory('router');
  const nats = await startNats();
  if (options.withoutNats) await nats.kill();
  const credentials = await createTestCredentials(folder.path);
  const key = await credentials.addKey({ tenant: 'acme' });
  const otherKey = await credentials.addKey({ tenant: 'other' });
  const bench = { deployments, asked: 0, changes: [] as string[] };
  const registry = await startStandIn('registry', {
    services: {
      registry: {
        listResolvedDeployments: async () => {
          bench.asked++;
          return { deployments: bench.deployments };
        },
        getDeployment: async ({ name }: { name: string }) => {
          const found = bench.deployments.find(each => each.deployment?.name === name);
          if (found === undefined) throw new ServiceError('NOT_FOUND', `no deployment ${name}`);
          return { deployment: found.deployment };
        },
        setDeployment: async (request: SetDeploymentRequest, { tenant }: CallContext) => {
          const { name, stopped } = request.deployment ?? {};
          bench.changes.push(`${tenant}: ${name} stopped=${stopped}`);
          return {};
        },
      },
    },
    credentials,
  });
  const pools = new Map<string, StandIn[]>();
  const entries = [];
  for (const [name, { models, size = 1 }] of Object.entries(specs)) {
    const processes = await Promise.all(Array.from({ length: size }, () => startPoolProcess(name, credentials)));
    pools.set(name, processes);
    const addresses = processes.map(({ service }) => `127.0.0.1:${service.port}`);
    entries.push({ name, address: addresses.join(',') || UNRESOLVABLE, models });
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
      ATHANOR_RECONCILE_INTERVAL_MS: String(options.intervalMs ?? 100),
    }),
  });
  const address = `127.0.0.1:${app.port}`;
  const stubs = [key, otherKey].map(credential => createStub('inference', { address, credential }));
  await untilKnown(stubs[0]!, deployments.at(-1)?.deployment?.name ?? '');
  return Object.assign(bench, {
    ...{ router: stubs[0]!, stranger: stubs[1]!, address, key, pools, nats },
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

async function untilKnown(router: Stub<'inference'>, name: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const code = await router.modelReady({ name }).then(
      () => 'known',
      error => error.code,
    );
    if (code !== 'NOT_FOUND') return;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  throw new Error(`the router does not know ${name}`);
}

interface RawAnswer {
  readonly errorMessage: string;
  readonly modelVersion: string;
}

/** Plain gRPC: no retries, any metadata. */
export function rawClient({ address, key }: Bench, options: Readonly<Record<string, string>> = {}) {
  const client = new Client(address, credentials.createInsecure(), { 'grpc.enable_retries': 0 });
  const { ModelInfer: unary, ModelStreamInfer: stream } = serviceDefinition('inference') as Record<string, AnyMethod>;
  const metadata = new Metadata();
  for (const [name, value] of Object.entries({ authorization: `Bearer ${key}`, ...options })) metadata.set(name, value);
  return {
    infer: (modelName: string) =>
      new Promise<RawAnswer>((resolve, reject) => {
        const { path, requestSerialize, responseDeserialize } = unary!;
        const done = (error: Error | null, answer?: unknown) => (error ? reject(error) : resolve(answer as RawAnswer));
        client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { modelName }, metadata, done);
      }),
    stream: (): ClientDuplexStream<object, object> => {
      const { path, requestSerialize, responseDeserialize } = stream!;
      return client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize as never, metadata);
    },
    close: () => client.close(),
  };
}

type AnyMethod = MethodDefinition<object, unknown>;
