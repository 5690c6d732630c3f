// Requests that are compressed: through a real server, in raw HTTP/2 frames.
import { randomBytes } from 'node:crypto';
import type { ClientHttp2Session } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { deflateSync, gzipSync } from 'node:zlib';
import { serviceDefinition } from '@athanor/contracts';
import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Bench, startBench } from '../../service.testkit.js';
import { frame, openRawCall, openRawConnection } from '../../testing/index.js';

const MIB = 1024 * 1024;
const UNARY = '/athanor.ingest.v1.IngestService/GetDataset';
const CLIENT_STREAM = '/athanor.ingest.v1.IngestService/WriteUpload';

let bench: Bench;
let session: ClientHttp2Session;
let authorization: string;

const handlers = {
  async getDataset() {
    return { dataset: { datasetId: 'd' } };
  },
  async writeUpload(requests: AsyncIterable<{ chunk: Buffer }>) {
    let committedOffset = 0;
    for await (const { chunk } of requests) {
      committedOffset += chunk.length;
      await sleep(1);
    }
    return { upload: { committedOffset } };
  },
};

beforeEach(async () => {
  bench = await startBench({
    services: { ingest: handlers },
    env: {
      ATHANOR_MAX_MESSAGE_BYTES: String(64 * MIB),
      ATHANOR_MAX_IN_FLIGHT_BYTES: String(96 * MIB),
      ATHANOR_MAX_CONNECTION_IN_FLIGHT_BYTES: String(80 * MIB),
    },
  });
  authorization = `Bearer ${bench.key}`;
  session = await openRawConnection(bench.address);
});

afterEach(async () => {
  session.destroy();
  await bench.stop();
});

const request = (datasetId: string): Buffer => serviceDefinition('ingest').GetDataset!.requestSerialize({ datasetId });

async function call(compressed: Buffer, encoding = 'gzip') {
  const { stream, ended } = openRawCall(session, UNARY, { authorization, 'grpc-encoding': encoding });
  stream.end(frame(compressed, 1));
  return await ended;
}

describe('compressed requests', () => {
  test('bug: 60 of 64 concurrent requests were refused, because each was counted with its maximum inflated size', async () => {
    const body = gzipSync(request(randomBytes(100 * 1024).toString('base64')));
    for (let round = 0; round < 3; round++) {
      const ends = await Promise.all(Array.from({ length: 64 }, () => call(body)));
      expect(new Set(ends.map(end => end.status))).toEqual(new Set([status.OK]));
    }
  });

  test('of a stream count only until they are handled, so their number is not limited', async () => {
    const message = serviceDefinition('ingest').WriteUpload!.requestSerialize({ chunk: randomBytes(MIB) });
    const compressed = frame(gzipSync(message, { level: 1 }), 1);
    const { stream, ended } = openRawCall(session, CLIENT_STREAM, { authorization, 'grpc-encoding': 'gzip' });
    for (let index = 0; index < 100; index++) await new Promise(resolve => stream.write(compressed, resolve));
    stream.end();
    expect(await ended).toMatchObject({ status: status.OK });
  });

  test('have a limit on their total inflated size', async () => {
    const bomb = gzipSync(Buffer.alloc(60 * MIB));
    const begin = heldBytes();
    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(peak, heldBytes() - begin);
    }, 5);
    const ends = await Promise.all(Array.from({ length: 32 }, () => call(bomb)));
    clearInterval(watch);
    expect(ends.map(end => end.status)).toContain(status.RESOURCE_EXHAUSTED);
    // The limit of the connection, 80 MiB, and as much again while the parts of a message are concatenated.
    expect(peak).toBeLessThan(200 * MIB);
    expect(await call(gzipSync(request('d')))).toMatchObject({ status: status.OK });
  });

  test('are each limited to the maximum size of a message', async () => {
    expect(await call(gzipSync(Buffer.alloc(65 * MIB)))).toMatchObject({
      status: status.RESOURCE_EXHAUSTED,
      message: expect.stringContaining(String(64 * MIB)),
    });
  });

  test.each(['gzip', 'deflate'])('that are not valid %s, or are truncated, are refused', async encoding => {
    const whole = encoding === 'gzip' ? gzipSync(request('d')) : deflateSync(request('d'));
    for (const bytes of [Buffer.from('not compressed'), whole.subarray(0, -9)])
      expect(await call(bytes, encoding)).toMatchObject({
        status: status.INTERNAL,
        message: expect.stringContaining(encoding),
      });
    expect(await call(whole, encoding)).toMatchObject({ status: status.OK });
  });

  test('in an unknown encoding are refused, and the error lists the supported ones', async () => {
    expect(await call(request('d'), 'snappy')).toMatchObject({
      status: status.UNIMPLEMENTED,
      message: expect.stringContaining('gzip or deflate'),
    });
  });
});

function heldBytes(): number {
  const { external, heapUsed } = process.memoryUsage();
  return external + heapUsed;
}
