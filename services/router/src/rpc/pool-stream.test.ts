import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { ForwardedStream } from './forward.js';
import { PoolStream } from './pool-stream.js';

/** A stream to a pool that always applies backpressure. */
function fullStream() {
  const call = Object.assign(new EventEmitter(), { write: () => false });
  return { call, stream: new PoolStream(call as unknown as ForwardedStream) };
}

describe('a stream to a pool', () => {
  test('bug: each wait for backpressure left a listener', async () => {
    const { call, stream } = fullStream();
    const count = () => call.eventNames().map(name => call.listenerCount(name));
    const before = count();
    for (let index = 0; index < 20; index++) {
      const written = stream.write(Buffer.alloc(1));
      call.emit('drain');
      await written;
    }
    expect(count()).toEqual(before);
  });

  test('that has ended is not waited for, before or during the wait', async () => {
    const { call, stream } = fullStream();
    const written = stream.write(Buffer.alloc(1));
    call.emit('status');
    await written;
    await stream.write(Buffer.alloc(1));
    expect(stream.hasEnded).toBe(true);
  });
});
