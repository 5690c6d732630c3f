// A service's listeners: health, reflection, admin, TLS, draining.
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createStub, RpcError } from '@athanor/client';
import { temporaryDirectory } from '@athanor/testkit';
import {
  Client,
  credentials,
  type ServiceError as GrpcError,
  type Metadata as GrpcMetadata,
  Metadata,
  status,
} from '@grpc/grpc-js';
import { service as healthDefinition } from 'grpc-health-check';
import { afterEach, describe, expect, test } from 'vitest';
import { type Bench, type BenchOptions, benchConfig, startBench } from '../service.testkit.js';
import { createTelemetry } from '../telemetry/index.js';
import { startService } from './service.js';

const opened: Bench[] = [];

async function start(options: BenchOptions = {}): Promise<Bench> {
  const bench = await startBench(options);
  opened.push(bench);
  return bench;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map(bench => bench.stop()));
});

async function health(address: string, service = ''): Promise<string> {
  const client = new Client(address, credentials.createInsecure());
  const { path, requestSerialize, responseDeserialize } = healthDefinition.Check!;
  return await new Promise(resolve => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service }, (error, answer) => {
      client.close();
      resolve(error ? status[error.code]! : (answer as unknown as { status: string }).status);
    });
  });
}

/**
 * Lists services by the reflection protocol with hand-written messages: field 7 is "list", the response is searched as
 * text.
 */
async function reflect(address: string, metadata: GrpcMetadata): Promise<string> {
  const client = new Client(address, credentials.createInsecure());
  const path = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
  const call = client.makeBidiStreamRequest(
    path,
    (bytes: Buffer) => bytes,
    (bytes: Buffer) => bytes,
    metadata,
  );
  call.write(Buffer.from([0x3a, 0x01, 0x2a]));
  call.end();
  try {
    for await (const answer of call) return (answer as Buffer).toString('latin1');
    return 'nothing';
  } catch (error) {
    return status[(error as GrpcError).code]!;
  } finally {
    client.close();
  }
}

describe('health', () => {
  test('needs no credential, on the public and on the admin port, for the server and each service', async () => {
    const bench = await start({ services: { ingest: {} } });
    for (const address of [bench.address, bench.adminAddress]) {
      expect(await health(address)).toBe('NOT_SERVING');
      bench.service.setReady(true);
      expect(await health(address)).toBe('SERVING');
      expect(await health(address, 'athanor.ingest.v1.IngestService')).toBe('SERVING');
      expect(await health(address, 'other')).toBe('NOT_FOUND');
      bench.service.setReady(false);
    }
  });
});

describe('reflection', () => {
  test('needs a key', async () => {
    const bench = await start({ services: { ingest: {} } });
    expect(await reflect(bench.address, new Metadata())).toBe('UNAUTHENTICATED');
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${bench.key}`);
    expect(await reflect(bench.address, metadata)).toContain('athanor.ingest.v1.IngestService');
  });
});

describe('the admin listener', () => {
  test('serves metrics and probes over HTTP/1.1 on the same port as grpc.health', async () => {
    const bench = await start();
    const get = async (path: string) => {
      const response = await fetch(`http://${bench.adminAddress}${path}`);
      return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
    };
    expect(await get('/readyz')).toMatchObject({ status: 503, text: 'not ready\n' });
    bench.service.setReady(true);
    expect(await get('/readyz')).toMatchObject({ status: 200 });
    expect(await get('/livez')).toMatchObject({ status: 200 });
    expect(await get('/nothing')).toMatchObject({ status: 404 });
    const metrics = await get('/metrics');
    expect(metrics).toMatchObject({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' });
    expect(metrics.text).toContain('target_info');
    expect(await health(bench.adminAddress)).toBe('SERVING');
  });

  test('bug: an error while collecting metrics ended the process', async () => {
    const bench = await start();
    Object.assign(bench.telemetry, { metricsText: () => Promise.reject(new Error('no figures')) });
    expect((await fetch(`http://${bench.adminAddress}/metrics`)).status).toBe(500);
  });

  test('does not serve methods that need a credential', async () => {
    const bench = await start({ services: { ingest: { getDataset: async () => ({}) } } });
    const stub = createStub('ingest', { address: bench.adminAddress, credential: bench.key });
    await expect(stub.getDataset({ datasetId: 'd' })).rejects.toMatchObject({ code: 'UNIMPLEMENTED' });
    stub.close();
  });
});

describe('draining', () => {
  test('completes calls in flight, refuses new ones, and reports NOT_SERVING meanwhile', async () => {
    let begun: () => void = () => undefined;
    const running = new Promise<void>(resolve => {
      begun = resolve;
    });
    const bench = await start({
      services: {
        ingest: {
          async getDataset({ datasetId }: { datasetId: string }) {
            begun();
            await sleep(500);
            return { dataset: { datasetId } };
          },
        },
      },
    });
    bench.service.setReady(true);
    const stub = bench.stub('ingest');
    const inFlight = stub.getDataset({ datasetId: 'in-flight' });
    await running;
    const stopped = bench.service.stop();
    await sleep(100);
    expect(await health(bench.adminAddress)).toBe('NOT_SERVING');
    const late = bench.stub('ingest').getDataset({ datasetId: 'late' }, { timeoutMs: 3_000 });
    await expect(late).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await inFlight).toMatchObject({ dataset: { datasetId: 'in-flight' } });
    await stopped;
    opened.length = 0;
  });

  test('ends calls that take longer than the grace period', async () => {
    const bench = await start({
      services: { ingest: { getDataset: () => new Promise(() => undefined) } },
      env: { ATHANOR_DRAIN_GRACE_MS: '300' },
    });
    const call = bench
      .stub('ingest')
      .getDataset({ datasetId: 'd' })
      .catch((error: unknown) => error);
    await sleep(100);
    const begun = performance.now();
    await bench.service.stop();
    expect(performance.now() - begun).toBeLessThan(1_500);
    expect(await call).toBeInstanceOf(RpcError);
    opened.length = 0;
  });

  test('bug: an idle watcher delayed shutdown for the whole grace period', async () => {
    const bench = await start({
      services: {
        ingest: {
          async *watchDatasetVersion(_request: object, { signal }: { signal: AbortSignal }) {
            yield { datasetVersion: { version: 1 } };
            await sleep(60_000, undefined, { signal });
          },
        },
      },
    });
    const watching = (async () => {
      for await (const _ of bench.stub('ingest').watchDatasetVersion({ datasetId: 'd', version: 1 }));
    })().catch((error: unknown) => error);
    const prober = new Client(bench.address, credentials.createInsecure());
    const { path, requestSerialize, responseDeserialize } = healthDefinition.Watch!;
    prober
      .makeServerStreamRequest(path, requestSerialize, responseDeserialize, { service: '' })
      .on('error', () => undefined);
    await sleep(200);
    const begun = performance.now();
    await bench.service.stop();
    expect(performance.now() - begun).toBeLessThan(3_000);
    expect(await watching).toMatchObject({ code: 'UNAVAILABLE' });
    prober.close();
    opened.length = 0;
  });
});

describe('listening', () => {
  test('is refused on all addresses without TLS, with a remedy', async () => {
    await expect(start({ env: { ATHANOR_HOST: '0.0.0.0' } })).rejects.toThrow(/INSECURE_BIND=true/);
  });

  test('serves TLS with a certificate from files', async () => {
    const folder = await temporaryDirectory('tls');
    const [cert, key] = [join(folder.path, 'cert.pem'), join(folder.path, 'key.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-keyout',
        key,
        '-out',
        cert,
        '-days',
        '1',
        ...subject,
      ],
      { stdio: 'ignore' },
    );
    const bench = await start({
      services: { ingest: { getDataset: async () => ({ dataset: { datasetId: 'd' } }) } },
      env: { ATHANOR_HOST: '0.0.0.0', ATHANOR_TLS_CERT_FILE: cert, ATHANOR_TLS_KEY_FILE: key },
    });
    const secure = createStub('ingest', { address: bench.address, credential: bench.key, caFile: cert });
    expect(await secure.getDataset({ datasetId: 'd' })).toMatchObject({ dataset: { datasetId: 'd' } });
    secure.close();
    await expect(bench.stub('ingest').getDataset({ datasetId: 'd' })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await folder.remove();
  });

  test('with a port in use fails with that message, on either listener, and leaves nothing open', async () => {
    const otherServer = createServer();
    await new Promise<void>(resolve => otherServer.listen(0, '127.0.0.1', resolve));
    const { port } = otherServer.address() as { port: number };
    const bench = await start();
    const telemetry = createTelemetry({ service: 'test', logLevel: 'silent' });
    for (const variable of ['ATHANOR_PORT', 'ATHANOR_ADMIN_PORT']) {
      const config = benchConfig(bench.credentials, { [variable]: String(port) });
      await expect(startService({ name: 'test', config, telemetry, services: {} })).rejects.toThrow(
        `cannot listen on 127.0.0.1:${port}: another program uses the port; stop it or choose another port`,
      );
    }
    otherServer.close();
  });
});
