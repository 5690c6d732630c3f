import { setTimeout as sleep } from 'node:timers/promises';
import { Metadata } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { type FakeServer, startFakeServer } from '../fake-server.testkit.js';
import type { ChannelOptions } from './channel.js';
import type { Outage } from './outage.js';
import { createStub, type Stub } from './stub.js';

const opened: { close(): void }[] = [];
let server: FakeServer | undefined;

type Handlers = Parameters<typeof startFakeServer>[1];

async function connect(handlers: Handlers, options: Partial<ChannelOptions> = {}): Promise<Stub<'ingest'>> {
  server = await startFakeServer('ingest', handlers);
  const stub = createStub('ingest', { address: server.address, credential: 'secret', ...options });
  opened.push(stub);
  return stub;
}

afterEach(async () => {
  for (const stub of opened.splice(0)) stub.close();
  await server?.stop();
});

describe('a stub', () => {
  test('sends credential, trace and request id', async () => {
    let seen: Record<string, unknown> = {};
    const stub = await connect({
      GetDataset(call, callback) {
        seen = call.metadata.getMap();
        callback(null, { dataset: { datasetId: 'd' } });
      },
    });
    await stub.getDataset({ datasetId: 'd' }, { traceparent: '00-a-b-01', requestId: 'r-1' });
    expect(seen).toMatchObject({ authorization: 'Bearer secret', traceparent: '00-a-b-01', 'x-request-id': 'r-1' });
  });

  test('retries a call while the server is UNAVAILABLE, four attempts in total', async () => {
    let calls = 0;
    const stub = await connect({
      GetDataset: (_call, callback) =>
        ++calls < 3 ? callback({ code: 14, details: 'unavailable' }) : callback(null, { dataset: { datasetId: 'd' } }),
      GetUpload: (_call, callback) => {
        calls++;
        callback({ code: 14, details: 'unavailable' });
      },
    });
    const retries: number[] = [];
    const options = { onRetried: (times: number) => void retries.push(times) };
    expect(await stub.getDataset({ datasetId: 'd' }, options)).toMatchObject({ dataset: { datasetId: 'd' } });
    expect(calls).toBe(3);
    await stub.getDataset({ datasetId: 'd' }, options);
    expect(retries).toEqual([2]);
    calls = 0;
    await expect(stub.getUpload({ uploadId: 'u' }, options)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      method: '/athanor.ingest.v1.IngestService/GetUpload',
    });
    expect(calls).toBe(4);
    expect(retries).toEqual([2, 3]);
  });

  test('bug: a call that may have run was retried, so one rollback became four', async () => {
    const seen: string[] = [];
    const refuse = (name: string) => (call: { request?: unknown }, callback: (error: object) => void) => {
      seen.push(`${name} ${(call.request as { requestId?: string }).requestId ?? ''}`.trim());
      callback({ code: 14, details: 'dropped' });
    };
    const handlers = { DeleteDeployment: refuse('delete'), RollbackAlias: refuse('rollback') };
    server = await startFakeServer('registry', handlers as Handlers);
    const stub = createStub('registry', { address: server.address, credential: 'secret' });
    opened.push(stub);
    await expect(stub.deleteDeployment({ name: 'd' })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(seen.splice(0)).toEqual(['delete']);
    // By the idempotency key, the caller's or the stub's own, the server recognizes a retry.
    await expect(stub.rollbackAlias({ modelName: 'm' })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(seen).toHaveLength(4);
    expect(new Set(seen.splice(0))).toEqual(new Set([expect.stringMatching(/^rollback [0-9a-f-]{36}$/)]));
    await expect(stub.rollbackAlias({ modelName: 'm', requestId: 'r-1' })).rejects.toMatchObject({});
    expect(seen[0]).toBe('rollback r-1');
  });

  test('does not retry calls that failed for another reason', async () => {
    let calls = 0;
    const stub = await connect({
      GetDataset: (_call, callback) => {
        calls++;
        callback({ code: 13, details: 'broken' });
      },
    });
    await expect(stub.getDataset({ datasetId: 'd' })).rejects.toMatchObject({
      code: 'INTERNAL',
      message: 'broken',
      reason: '',
      violations: [],
    });
    expect(calls).toBe(1);
  });

  test('fails at its deadline, the default or the given one, and passes the deadline on', async () => {
    let deadline = 0;
    const stub = await connect(
      { GetDataset: call => (deadline = new Date(call.getDeadline()).getTime()) },
      { defaultTimeoutMs: 300 },
    );
    const begun = Date.now();
    await expect(stub.getDataset({ datasetId: 'd' })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(Date.now() - begun).toBeLessThan(1_000);
    expect(deadline - begun).toBeLessThan(600);
    await expect(stub.getDataset({ datasetId: 'd' }, { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
    await expect(
      stub.getDataset({ datasetId: 'd' }, { timeoutMs: 10_000, deadlineMs: Date.now() + 100 }),
    ).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  test('ends all kinds of calls when the signal is aborted, before or during the call', async () => {
    const stub = await connect({
      GetDataset: () => undefined,
      WriteUpload: () => undefined,
      WatchDatasetVersion: call => call.write({ datasetVersion: { version: 1 } }),
    });
    const watch = async (signal: AbortSignal) => {
      for await (const _ of stub.watchDatasetVersion({ datasetId: 'd' }, { signal }));
    };
    const endless = async function* () {
      for (;;) {
        await sleep(20);
        yield { chunk: Buffer.alloc(1) };
      }
    };
    for (const waitMs of [0, 100]) {
      const abort = new AbortController();
      const { signal } = abort;
      if (waitMs === 0) abort.abort();
      const calls = [
        stub.getDataset({ datasetId: 'd' }, { signal }),
        stub.writeUpload(endless(), { signal }),
        watch(signal),
      ];
      setTimeout(() => abort.abort(), waitMs);
      for (const result of await Promise.allSettled(calls))
        expect(result).toMatchObject({ status: 'rejected', reason: { code: 'CANCELLED' } });
    }
  });

  test('reports a request stream that fails by itself', async () => {
    const stub = await connect({ WriteUpload: () => undefined });
    const broken = async function* () {
      yield { chunk: Buffer.alloc(1) };
      throw new Error('the disk is gone');
    };
    await expect(stub.writeUpload(broken())).rejects.toThrow('the disk is gone');
  });

  test('sends no more than the server accepts', async () => {
    const stub = await connect({
      WriteUpload(call, callback) {
        call.pause();
        setTimeout(() => callback({ code: 8, details: 'full' }), 300);
      },
    });
    let sent = 0;
    const many = async function* () {
      for (; sent < 2_000; sent++) yield { chunk: Buffer.alloc(100_000) };
    };
    await expect(stub.writeUpload(many())).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
    expect(sent).toBeLessThan(1_000);
  });

  test('bug: undecodable error details ended the process instead of the call', async () => {
    const metadata = new Metadata();
    metadata.set('grpc-status-details-bin', Buffer.from([0xff, 0xff, 0xff]));
    const stub = await connect({ GetDataset: (_call, callback) => callback({ code: 9, details: 'no', metadata }) });
    await expect(stub.getDataset({ datasetId: 'd' })).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      message: 'no',
      reason: '',
    });
  });
});

describe('bug: a client gave up while its service was restarting', () => {
  test('a call waits for a service that recovers before the deadline, and its caller is notified once', async () => {
    const first = await startFakeServer('ingest', {});
    await first.stop();
    const outages: Outage[] = [];
    const stub = connectTo(first.address, outages);
    const calls = [stub.createDataset({ datasetId: 'd' }), stub.getDataset({ datasetId: 'd' })];
    await expect.poll(() => outages.length).toBe(1);
    let made = 0;
    server = await startFakeServer(
      'ingest',
      {
        CreateDataset: (_call, callback) => callback(null, { dataset: { datasetId: `d${++made}` } }),
        GetDataset: (_call, callback) => callback(null, { dataset: { datasetId: 'd' } }),
      },
      Number(first.address.split(':')[1]),
    );
    expect(await Promise.all(calls)).toMatchObject([{ dataset: { datasetId: 'd1' } }, { dataset: { datasetId: 'd' } }]);
    expect(outages).toEqual([{ service: 'ingest', address: first.address, untilMs: expect.any(Number) }]);
    await server.stop();
    stub.getDataset({ datasetId: 'd' }).catch(() => undefined);
    await expect.poll(() => outages.length).toBe(2);
  });

  test('the error for one that stays unavailable has its address, not the load-balancing policy', async () => {
    const stopped = await startFakeServer('ingest', {});
    await stopped.stop();
    const stub = connectTo(stopped.address, []);
    await expect(stub.getDataset({ datasetId: 'd' }, { timeoutMs: 400 })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      message: `ingest cannot be reached at ${stopped.address}: there was no connection until the call's deadline`,
    });
    const begun = performance.now();
    await expect(stub.getDataset({ datasetId: 'd' }, { failFast: true })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(`^ingest cannot be reached at ${stopped.address}: .*ECONNREFUSED`),
    });
    await expect(stub.watchDatasetVersion({ datasetId: 'd' })[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.not.stringContaining('round_robin'),
    });
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});

function connectTo(address: string, outages: Outage[]): Stub<'ingest'> {
  const onOutage = (outage: Outage) => void outages.push(outage);
  const stub = createStub('ingest', { address, credential: 'secret', waitForReady: true, onOutage });
  opened.push(stub);
  return stub;
}
