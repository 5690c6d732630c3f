// Long streams of requests to reflection, whose implementation is not ours.
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bench, startBench } from '../service.testkit.js';
import { frame, openRawCall, openRawConnection, pour } from '../testing/index.js';

const REFLECTION = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
const MIB = 1024 * 1024;
const FILE_CONTAINING_SYMBOL = 4;

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ services: { ingest: {} } });
});
afterAll(() => bench.stop());

/** ServerReflectionRequest with one field. */
function request(field: number, text: string): Buffer {
  const value = Buffer.from(text);
  const length = [];
  for (let left = value.length; ; left >>>= 7) {
    length.push(left > 127 ? (left & 127) | 128 : left);
    if (left <= 127) break;
  }
  return frame(Buffer.concat([Buffer.from([(field << 3) | 2, ...length]), value]));
}

async function open() {
  const session = await openRawConnection(bench.address);
  return { session, ...openRawCall(session, REFLECTION, { authorization: `Bearer ${bench.key}` }) };
}

describe('a stream of requests to reflection', () => {
  test('bug: was no longer read after 4 MiB in total', async () => {
    const { session, stream, ended } = await open();
    const each = request(FILE_CONTAINING_SYMBOL, 'x'.repeat(64 * 1024));
    expect(await pour(stream, 32 * MIB, each)).toBeGreaterThanOrEqual(32 * MIB);
    stream.end();
    expect((await ended).status).toBe(status.OK);
    session.destroy();
  });
});
