// What happens to a call before its handler: through a real server, with raw HTTP/2 frames that no gRPC library would
// send.
import type { ClientHttp2Session } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { serviceDefinition } from '@athanor/contracts';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bench, startBench } from '../../service.testkit.js';
import { frame, openRawCall, openRawConnection, pour } from '../../testing/index.js';

const MIB = 1024 * 1024;
const UNARY = '/athanor.ingest.v1.IngestService/GetDataset';
const CLIENT_STREAM = '/athanor.ingest.v1.IngestService/WriteUpload';
const SERVER_STREAM = '/athanor.ingest.v1.IngestService/WatchDatasetVersion';
const UNIMPLEMENTED = '/athanor.ingest.v1.IngestService/GetUpload';
const UNKNOWN = '/no.such.Service/Method';
const REFLECTION = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';

let bench: Bench;
let session: ClientHttp2Session;
let authorization: string;
let handled: string[];
let releaseUploads: () => void;

const handlers = {
  async getDataset({ datasetId }: { datasetId: string }) {
    handled.push(datasetId.slice(0, 10));
    return { dataset: { datasetId: 'd' } };
  },
  async writeUpload(requests: AsyncIterable<{ chunk: Buffer }>) {
    let committedOffset = 0;
    for await (const { chunk } of requests) {
      committedOffset += chunk.length;
      await new Promise<void>(resolve => {
        releaseUploads = resolve;
      });
    }
    return { upload: { committedOffset } };
  },
  async *watchDatasetVersion() {
    yield { datasetVersion: { version: 1 } };
  },
};

beforeAll(async () => {
  handled = [];
  bench = await startBench({
    services: { ingest: handlers },
    env: {
      ATHANOR_MAX_MESSAGE_BYTES: String(64 * MIB),
      ATHANOR_MAX_IN_FLIGHT_BYTES: String(96 * MIB),
      ATHANOR_MAX_CONNECTION_IN_FLIGHT_BYTES: String(80 * MIB),
      ATHANOR_REQUEST_TIMEOUT_MS: '1500',
    },
  });
  authorization = `Bearer ${bench.key}`;
  session = await openRawConnection(bench.address);
});

afterAll(async () => {
  session.close();
  await bench.stop();
});

const request = (datasetId: string): Buffer => serviceDefinition('ingest').GetDataset!.requestSerialize({ datasetId });

async function call(path: string, body: Buffer, headers: Record<string, string> = {}) {
  const { stream, ended } = openRawCall(session, path, headers);
  stream.end(body);
  return await ended;
}

describe('without a credential', () => {
  const everyKind = [UNARY, CLIENT_STREAM, SERVER_STREAM, UNIMPLEMENTED, UNKNOWN, REFLECTION];

  test.each(everyKind)('bug: %s was answered before its caller was authenticated', async path => {
    const { stream, ended } = openRawCall(session, path);
    // No body, and no end of stream.
    const timer = setTimeout(() => stream.destroy(), 3_000);
    expect((await ended).status).toBe(status.UNAUTHENTICATED);
    clearTimeout(timer);
  });

  test.each(everyKind)('bug: 20 streams of 50 MB each to %s were held in memory', async path => {
    const many = await openRawConnection(bench.address);
    const begin = heldBytes();
    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(peak, heldBytes() - begin);
    }, 5);
    const ends = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const { stream, ended } = openRawCall(many, path);
        stream.write(prefix(50 * MIB));
        await pour(stream, 50 * MIB);
        stream.end();
        return await ended;
      }),
    );
    clearInterval(watch);
    many.destroy();
    expect(new Set(ends.map(end => end.status))).toEqual(new Set([status.UNAUTHENTICATED]));
    expect(peak).toBeLessThan(32 * MIB);
  });

  test('bug: a gzip bomb was inflated', async () => {
    const bomb = frame(gzipSync(Buffer.alloc(60 * MIB)), 1);
    const begin = process.cpuUsage();
    for (let round = 0; round < 10; round++)
      expect((await call(UNARY, bomb, { 'grpc-encoding': 'gzip' })).status).toBe(status.UNAUTHENTICATED);
    // Inflating 600 MB takes seconds.
    expect(process.cpuUsage(begin).user).toBeLessThan(400_000);
  });

  test('health is open, for small requests only', async () => {
    const check = '/grpc.health.v1.Health/Check';
    expect((await call(check, frame(Buffer.alloc(0)))).status).toBe(status.OK);
    expect((await call(check, frame(Buffer.alloc(2_000)))).status).toBe(status.RESOURCE_EXHAUSTED);
  });

  test('requests other than gRPC are answered over HTTP and not read', async () => {
    const { stream, ended } = openRawCall(session, UNARY, { 'content-type': 'text/plain' });
    await pour(stream, 20 * MIB);
    stream.end();
    expect((await ended).status).toBe(-1);
  });
});

describe('with a credential', () => {
  test('unimplemented and unknown methods are UNIMPLEMENTED', async () => {
    for (const path of [UNIMPLEMENTED, UNKNOWN])
      expect((await call(path, frame(Buffer.alloc(0)), { authorization })).status).toBe(status.UNIMPLEMENTED);
    expect(await bench.telemetry.metricsText()).not.toContain('no.such');
  });

  test('a request that does not arrive in time is ended', async () => {
    const { stream, ended } = openRawCall(session, UNARY, { authorization });
    stream.write(frame(request('d')).subarray(0, 6));
    expect(await ended).toMatchObject({
      status: status.DEADLINE_EXCEEDED,
      message: expect.stringMatching(/did not arrive within 1.5 s/),
    });
  });

  test('a message over the limit is refused at its first bytes', async () => {
    const { stream, ended } = openRawCall(session, UNARY, { authorization });
    stream.write(Buffer.from([0, 0x7f, 0, 0, 0]));
    expect(await ended).toMatchObject({ status: status.RESOURCE_EXHAUSTED });
  });

  test('the inflated size of a compressed message is limited', async () => {
    const bomb = frame(gzipSync(Buffer.alloc(65 * MIB)), 1);
    expect(await call(UNARY, bomb, { authorization, 'grpc-encoding': 'gzip' })).toMatchObject({
      status: status.RESOURCE_EXHAUSTED,
    });
  });

  test('bytes in flight are limited per connection and service, and are released', async () => {
    const other = await openRawConnection(bench.address);
    const begin = (at: ClientHttp2Session, mib: number) => {
      const opened = openRawCall(at, UNARY, { authorization });
      opened.stream.write(prefix(mib * MIB));
      return opened;
    };
    const first = begin(session, 60);
    await sleep(50);
    const overConnection = await begin(session, 30).ended;
    expect(overConnection).toMatchObject({
      status: status.RESOURCE_EXHAUSTED,
      message: expect.stringContaining('83886080 bytes'),
    });
    const overService = await begin(other, 40).ended;
    expect(overService).toMatchObject({
      status: status.RESOURCE_EXHAUSTED,
      message: expect.stringContaining('100663296 bytes'),
    });
    first.stream.destroy();
    await sleep(50);
    const again = begin(other, 40);
    const outcome = await Promise.race([again.ended, sleep(100, 'accepted')]);
    expect(outcome).toBe('accepted');
    again.stream.destroy();
    other.destroy();
  });

  test('bug: a stream whose handler is slow was read 16 messages ahead, of any size', async () => {
    const chunk = frame(serviceDefinition('ingest').WriteUpload!.requestSerialize({ chunk: Buffer.alloc(3 * MIB) }));
    const { stream, ended } = openRawCall(session, CLIENT_STREAM, { authorization });
    let written = 0;
    const writing = (async () => {
      for (let index = 0; index < 16; index++) {
        await new Promise(resolve => stream.write(chunk, resolve));
        written++;
      }
      stream.end();
    })();
    await sleep(500);
    // Two are read and in progress; the flow-control window of 8 MiB holds the next ones.
    expect(written).toBeLessThan(8);
    const release = setInterval(() => releaseUploads(), 5);
    await writing;
    expect((await ended).status).toBe(status.OK);
    clearInterval(release);
  });
});

describe('framing', () => {
  const handledBy = async (body: Buffer, headers: Record<string, string> = {}) => {
    handled.length = 0;
    const end = await call(UNARY, body, { authorization, ...headers });
    return { ...end, handled: [...handled] };
  };

  test.each([2, 3, 128, 255])('bug: flags of %i were taken for an uncompressed message', async flags => {
    expect(await handledBy(frame(request('d'), flags))).toMatchObject({ status: status.INTERNAL, handled: [] });
  });

  test('bug: a message marked as compressed without an encoding was accepted', async () => {
    for (const headers of [{}, { 'grpc-encoding': 'identity' }] as Record<string, string>[])
      expect(await handledBy(frame(request('d'), 1), headers)).toMatchObject({ status: status.INTERNAL, handled: [] });
    const compressed = frame(gzipSync(request('d')), 1);
    expect(await handledBy(compressed, { 'grpc-encoding': 'gzip' })).toMatchObject({
      status: status.OK,
      handled: ['d'],
    });
  });

  test('bug: flags in a later message of a stream were accepted', async () => {
    const { stream, ended } = openRawCall(session, CLIENT_STREAM, { authorization });
    const message = serviceDefinition('ingest').WriteUpload!.requestSerialize({ chunk: Buffer.alloc(9) });
    stream.write(frame(message));
    await sleep(20);
    stream.end(frame(message, 7));
    expect((await ended).status).toBe(status.INTERNAL);
  });

  test.each(['123456789S', '1', '-1S', '1.5S', 'S', '5X', '5S5'])(
    "bug: the grpc-timeout '%s' was accepted",
    async timeout => {
      const end = await handledBy(frame(request('d')), { 'grpc-timeout': timeout });
      expect(end).toMatchObject({ status: status.INTERNAL, handled: [] });
      expect((await call(UNARY, frame(request('d')), { 'grpc-timeout': timeout })).status).toBe(status.UNAUTHENTICATED);
    },
  );

  test.each(['30S', '99999999n', '00000001M'])("the grpc-timeout '%s' is valid", async timeout => {
    expect(await handledBy(frame(request('d')), { 'grpc-timeout': timeout })).toMatchObject({ status: status.OK });
  });

  test.each(['720H', '3000000S', '99999999H'])('bug: the distant deadline %s expired at once', async timeout => {
    expect(await handledBy(frame(request('d')), { 'grpc-timeout': timeout })).toMatchObject({ status: status.OK });
  });
});

/** The beginning of a message that never arrives. */
function prefix(length: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

function heldBytes(): number {
  const { external, heapUsed } = process.memoryUsage();
  return external + heapUsed;
}
