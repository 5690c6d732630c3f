// The interceptors, through a real server and the SDK.
import { setTimeout as sleep } from 'node:timers/promises';
import { createStub, RpcError, type Stub } from '@athanor/client';
import { serviceDefinition } from '@athanor/contracts';
import {
  Client,
  type ServiceError as GrpcError,
  credentials as grpcCredentials,
  Metadata,
  status,
} from '@grpc/grpc-js';
import { trace } from '@opentelemetry/api';
import * as tracing from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { invalidFields, ServiceError } from '../errors/index.js';
import { type Bench, startBench } from '../service.testkit.js';
import type { CallContext } from './call-context.js';

const dataset = (datasetId: string, description = '') => ({ dataset: { datasetId, description } });
const lines: Record<string, unknown>[] = [];
const spans = new tracing.InMemorySpanExporter();

let bench: Bench;
let ingest: Stub<'ingest'>;
let seen: CallContext[];
let aborted: unknown[];
let unhandled: unknown[];

/** The dataset's name selects the behaviour. */
const handlers = {
  async getDataset({ datasetId }: { datasetId: string }, context: CallContext) {
    seen.push(context);
    context.signal.addEventListener('abort', () => aborted.push(context.signal.reason));
    if (datasetId === 'slow') await sleep(10_000, undefined, { signal: context.signal });
    if (datasetId === 'ignores-abort') await sleep(1_000);
    if (datasetId === 'broken') throw new Error('the password is hunter2');
    if (datasetId === 'full') throw Object.assign(new Error('ENOSPC /var/lib/x'), { kind: 'storage_full' });
    if (datasetId === 'busy')
      throw new ServiceError('RESOURCE_EXHAUSTED', 'too busy', { reason: 'BUSY', retryAfterMs: 1_500 });
    if (datasetId === 'long-message') throw invalidFields([{ field: 'spec', description: 'ä'.repeat(100_000) }]);
    if (datasetId === 'wrong') {
      throw invalidFields([
        { field: 'spec.epochs', description: 'expected 1 to 5, got 9' },
        { field: 'spec.seed', description: 'expected ≥ 0' },
      ]);
    }
    if (datasetId === 'gate') {
      throw new ServiceError('FAILED_PRECONDITION', 'refused — zu wenig', {
        reason: 'GATE_FAILED',
        metadata: { value: '0.9' },
      });
    }
    return dataset(datasetId, context.tenant);
  },
  async writeUpload(requests: AsyncIterable<{ chunk: Buffer }>) {
    let committedOffset = 0;
    for await (const { chunk } of requests) committedOffset += chunk.length;
    return { upload: { committedOffset } };
  },
  async *watchDatasetVersion({ datasetId }: { datasetId: string }, context: CallContext) {
    context.signal.addEventListener('abort', () => aborted.push(context.signal.reason));
    yield { datasetVersion: { datasetId, version: 1 } };
    if (datasetId === 'fails') throw new ServiceError('NOT_FOUND', 'gone meanwhile');
    // Ignores the signal: the stream must end anyway.
    if (datasetId === 'hangs') await new Promise(() => undefined);
    if (datasetId === 'silent') {
      context.mayBeSilent = true;
      await sleep(2_300, undefined, { signal: context.signal });
    }
    if (datasetId === 'waits') await sleep(10_000, undefined, { signal: context.signal });
    yield { datasetVersion: { datasetId, version: 2 } };
  },
};

beforeAll(async () => {
  seen = [];
  aborted = [];
  unhandled = [];
  process.on('unhandledRejection', error => unhandled.push(error));
  bench = await startBench({
    services: {
      ingest: handlers,
      registry: { listResolvedDeployments: async () => ({ deployments: [] }) },
      attempts: { heartbeat: async () => ({}) },
    },
    env: { ATHANOR_DEFAULT_DEADLINE_MS: '300', ATHANOR_STREAM_IDLE_MS: '1000' },
    telemetry: {
      logLevel: 'debug',
      logDestination: { write: line => void lines.push(JSON.parse(line) as Record<string, unknown>) },
      spanProcessors: [new tracing.SimpleSpanProcessor(spans)],
    },
  });
  ingest = bench.stub('ingest');
});

afterAll(async () => {
  await bench.stop();
  expect(unhandled).toEqual([]);
});

async function failureOf(call: Promise<unknown>): Promise<RpcError> {
  const error = await call.then(
    () => new Error('the call succeeded'),
    (reason: unknown) => reason,
  );
  if (error instanceof RpcError) return error;
  throw error;
}

/** Without the SDK, whose calls always have a deadline. */
function rawCall(
  datasetId: string,
  headers: Record<string, string> = {},
  path?: string,
): Promise<GrpcError | { dataset: object }> {
  const client = new Client(bench.address, grpcCredentials.createInsecure());
  const method = serviceDefinition('ingest').GetDataset!;
  const metadata = new Metadata();
  for (const [name, value] of Object.entries({ authorization: `Bearer ${bench.key}`, ...headers }))
    metadata.set(name, value);
  return new Promise(resolve => {
    const { requestSerialize, responseDeserialize } = method;
    client.makeUnaryRequest(
      path ?? method.path,
      requestSerialize,
      responseDeserialize,
      { datasetId },
      metadata,
      {},
      (error, answer) => {
        client.close();
        resolve(error ?? (answer as { dataset: object }));
      },
    );
  });
}

test('bug: a tail without events was ended as idle', async () => {
  const versions: (number | undefined)[] = [];
  for await (const { datasetVersion } of ingest.watchDatasetVersion({ datasetId: 'silent' }))
    versions.push(datasetVersion?.version);
  expect(versions).toEqual([1, 2]);
});

describe('admission', () => {
  test('a key is accepted for its tenant', async () => {
    expect(await ingest.getDataset({ datasetId: 'd' })).toMatchObject({ dataset: { description: 'acme' } });
  });

  test('a call without a credential is refused with a message that says what to send', async () => {
    const error = (await rawCall('d', { authorization: '' })) as GrpcError;
    expect(error.code).toBe(status.UNAUTHENTICATED);
    expect(error.details).toMatch(/Bearer <API key>/);
  });

  test('a wrong credential is refused', async () => {
    const wrong = `athanor_00000000_${'A'.repeat(43)}`;
    const error = await failureOf(bench.stub('ingest', wrong).getDataset({ datasetId: 'd' }));
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'UNAUTHENTICATED' });
  });

  test('a credential without the permission is refused with the missing permission', async () => {
    const key = await bench.credentials.addKey({ tenant: 'acme', permissions: ['jobs.read'] });
    await sleep(1_300);
    const error = await failureOf(bench.stub('ingest', key).getDataset({ datasetId: 'd' }));
    expect(error.code).toBe('PERMISSION_DENIED');
    expect(error.message).toContain("'datasets.read'");
  });

  test('a method for services refuses even a key that has the permission', async () => {
    const key = await bench.credentials.addKey({ tenant: 'acme', permissions: ['*'] });
    await sleep(1_300);
    const error = await failureOf(bench.stub('registry', key).listResolvedDeployments({}));
    expect(error.message).toMatch(/only services of the mesh/);
    const token = await bench.credentials.tokens.serviceToken('inference');
    expect(await bench.stub('registry', token).listResolvedDeployments({})).toMatchObject({ deployments: [] });
  });

  test('bug: a key with "*" had permissions reserved for services and attempts', async () => {
    const key = await bench.credentials.addKey({ tenant: 'acme', permissions: ['*'] });
    await sleep(1_300);
    const error = await failureOf(bench.stub('attempts', key).heartbeat({ attemptId: 'a' }));
    expect(error).toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(error.message).toContain("lacks the permission 'attempts.run'");
  });

  test('a service without a tenant is refused with that reason', async () => {
    const token = await bench.credentials.tokens.serviceToken('training');
    const error = await failureOf(bench.stub('ingest', token).getDataset({ datasetId: 'd' }));
    expect(error).toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(error.message).toMatch(/has no tenant/);
  });

  test('an unknown method and one that is not implemented are UNIMPLEMENTED', async () => {
    expect(await rawCall('d', {}, '/athanor.ingest.v1.IngestService/Nothing')).toMatchObject({
      code: status.UNIMPLEMENTED,
    });
    expect(await failureOf(ingest.getUpload({ uploadId: 'u' }))).toMatchObject({ code: 'UNIMPLEMENTED' });
  });
});

describe('deadlines', () => {
  test("a unary call without one gets the default, and the handler's signal is aborted", async () => {
    aborted.length = 0;
    const error = (await rawCall('slow')) as GrpcError;
    expect(error.code).toBe(status.DEADLINE_EXCEEDED);
    expect(aborted).toMatchObject([{ code: 'DEADLINE_EXCEEDED' }]);
  });

  test('a handler that ignores the signal is not awaited', async () => {
    const begun = performance.now();
    expect(await rawCall('ignores-abort')).toMatchObject({ code: status.DEADLINE_EXCEEDED });
    expect(performance.now() - begun).toBeLessThan(800);
  });

  test('is propagated over two hops, with tenant and actor', async () => {
    const front = await startBench({
      credentials: bench.credentials,
      services: {
        training: {
          async getTrainingJob(_request: object, context: CallContext) {
            const { credentials } = bench;
            const peer = createStub('ingest', {
              address: bench.address,
              credential: ({ tenant, actor }) => credentials.tokens.serviceToken('training', { tenant, actor }),
            });
            try {
              await peer.getDataset({ datasetId: 'second-hop' }, context.outgoing());
            } finally {
              peer.close();
            }
            return { job: {} };
          },
        },
      },
    });
    try {
      await sleep(1_300);
      const deadlineMs = Date.now() + 5_000;
      await front.stub('training').getTrainingJob({ jobId: 'j' }, { deadlineMs });
      const hop = seen.at(-1)!;
      expect(Math.abs(hop.deadlineMs - deadlineMs)).toBeLessThan(100);
      expect(hop.tenant).toBe('acme');
      expect(hop.principal).toMatchObject({ kind: 'service', id: 'training', actor: expect.stringMatching(/^key:/) });
    } finally {
      await front.stop();
    }
  });

  test("a cancelled call aborts the handler's signal", async () => {
    aborted.length = 0;
    const abort = new AbortController();
    const call = failureOf(ingest.getDataset({ datasetId: 'slow' }, { signal: abort.signal }));
    await sleep(100);
    abort.abort();
    expect(await call).toMatchObject({ code: 'CANCELLED' });
    await expect.poll(() => aborted).toMatchObject([{ code: 'CANCELLED' }]);
  });
});

describe('streams', () => {
  test('carry many messages in both directions', async () => {
    const versions: number[] = [];
    for await (const { datasetVersion } of ingest.watchDatasetVersion({ datasetId: 'd', version: 1 })) {
      versions.push(datasetVersion?.version ?? 0);
    }
    expect(versions).toEqual([1, 2]);
    const chunks = (async function* () {
      for (let index = 0; index < 20; index++) yield { chunk: Buffer.alloc(200_000) };
    })();
    expect(await ingest.writeUpload(chunks)).toMatchObject({ upload: { committedOffset: 4_000_000 } });
  });

  test('end with an error after the messages before it', async () => {
    const versions: number[] = [];
    const error = await failureOf(
      (async () => {
        for await (const each of ingest.watchDatasetVersion({ datasetId: 'fails', version: 1 }))
          versions.push(each.datasetVersion?.version ?? 0);
      })(),
    );
    expect(versions).toEqual([1]);
    expect(error).toMatchObject({ code: 'NOT_FOUND', message: 'gone meanwhile' });
  });

  test.each(['waits', 'hangs'])('without messages are ended (%s)', async datasetId => {
    const error = await failureOf(
      (async () => {
        for await (const _ of ingest.watchDatasetVersion({ datasetId, version: 1 }, { timeoutMs: 4_000 }));
      })(),
    );
    expect(error).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(error.message).toMatch(/no message for 1 s/);
  });

  test('that the reader leaves early abort the handler', async () => {
    aborted.length = 0;
    for await (const _ of ingest.watchDatasetVersion({ datasetId: 'waits', version: 1 })) break;
    await expect.poll(() => aborted).toHaveLength(1);
  });
});

describe('errors', () => {
  test('have a reason and metadata', async () => {
    const error = await failureOf(ingest.getDataset({ datasetId: 'gate' }));
    expect(error).toMatchObject({
      code: 'FAILED_PRECONDITION',
      reason: 'GATE_FAILED',
      metadata: { value: '0.9' },
      message: 'refused — zu wenig',
    });
  });

  test('list every invalid field', async () => {
    const error = await failureOf(ingest.getDataset({ datasetId: 'wrong' }));
    expect(error.violations).toMatchObject([
      { field: 'spec.epochs', description: 'expected 1 to 5, got 9' },
      { field: 'spec.seed', description: 'expected ≥ 0' },
    ]);
  });

  test('bug: the retry delay did not reach the caller', async () => {
    expect(await failureOf(ingest.getDataset({ datasetId: 'busy' }))).toMatchObject({
      reason: 'BUSY',
      retryAfterMs: 1_500,
    });
  });

  test('bug: a message longer than HTTP/2 headers allow arrived as another error', async () => {
    const error = await failureOf(ingest.getDataset({ datasetId: 'long-message' }));
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).toMatch(/^spec: ä+…$/);
  });

  test('that are internal hide their cause from the caller and log it', async () => {
    const error = await failureOf(ingest.getDataset({ datasetId: 'broken' }, { requestId: 'req-7' }));
    expect(error).toMatchObject({ code: 'INTERNAL', reason: 'INTERNAL' });
    expect(error.message).not.toContain('hunter2');
    expect(error.message).toContain('req-7');
    const line = lines.find(each => each.requestId === 'req-7' && each.msg === 'call failed');
    expect(JSON.stringify(line)).toContain('hunter2');
    expect(line).toMatchObject({ level: 50, code: 'INTERNAL', method: '/athanor.ingest.v1.IngestService/GetDataset' });
  });

  test('of the storage are translated for the caller', async () => {
    const error = await failureOf(ingest.getDataset({ datasetId: 'full' }));
    expect(error.code).toBe('RESOURCE_EXHAUSTED');
    expect(error.message).toMatch(/free space/);
    expect(error.message).not.toContain('/var/lib');
  });

  test('bug: a call cancelled before its handler ran left an unhandled rejection that ended the process', async () => {
    const token = await bench.credentials.tokens.serviceToken('training', { tenant: 'acme' });
    const stub = bench.stub('ingest', token);
    await stub.getDataset({ datasetId: 'd' });
    for (let round = 0; round < 30; round++) {
      const abort = new AbortController();
      const call = failureOf(stub.getDataset({ datasetId: 'slow' }, { signal: abort.signal }));
      setTimeout(() => abort.abort(), round / 10);
      await call;
    }
    await sleep(50);
    expect(unhandled).toEqual([]);
  });
});

describe('observation', () => {
  test('a request id is created if the caller sends none, or an invalid one', async () => {
    await rawCall('d', { 'x-request-id': 'has space' });
    expect(seen.at(-1)?.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("the server's span is the child of the caller's, and is active in the handler", async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await ingest.getDataset({ datasetId: 'd' }, { traceparent: `00-${traceId}-b7ad6b7169203331-01` });
    await expect
      .poll(() => spans.getFinishedSpans().find(span => span.spanContext().traceId === traceId))
      .toMatchObject({
        name: 'athanor.ingest.v1.IngestService/GetDataset',
        parentSpanContext: { spanId: 'b7ad6b7169203331' },
      });
    expect(seen.at(-1)?.outgoing().traceparent).toContain(traceId);
  });

  test('bug: code called by a handler did not find the active span', async () => {
    let active: unknown;
    const getDataset = async () => {
      active = trace.getActiveSpan();
      return dataset('d');
    };
    const probe = await startBench({ services: { ingest: { getDataset } } });
    await probe.stub('ingest').getDataset({ datasetId: 'd' });
    await probe.stop();
    expect(active).toBeDefined();
  });

  test('calls are measured by method and status', async () => {
    await failureOf(ingest.getDataset({ datasetId: 'gate' }));
    expect(await bench.telemetry.metricsText()).toMatch(
      /rpc_server_call_duration_count\{[^}]*rpc_method="athanor.ingest.v1.IngestService\/GetDataset"[^}]*rpc_status_code="FAILED_PRECONDITION"/,
    );
  });
});
