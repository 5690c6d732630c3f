import type { CallContext } from '@athanor/service';
import { Metadata, status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { forwardUnary } from './forward.js';
import type { GrpcPool } from './grpc-endpoint.js';
import { RetryBudget } from './retry-budget.js';

const context = {
  method: '/inference.GRPCInferenceService/ModelInfer',
  metadata: () => undefined,
  deadlineMs: Number.POSITIVE_INFINITY,
  onAbort: () => () => undefined,
} as unknown as CallContext;

type Callback = (error: Error | null, answer?: Buffer) => void;

/** A pool of three processes that all answer the same way. */
function poolOf(answer: (done: Callback) => void) {
  const counts = { asked: 0, inFlight: 0 };
  const endpoints = Array.from({ length: 3 }, () => ({
    ...{ inFlight: 0, distance: 0 },
    client: {
      makeUnaryRequest(...args: unknown[]) {
        counts.asked++;
        answer(args.at(-1) as Callback);
        return { cancel: () => undefined };
      },
    },
    enter() {
      counts.inFlight++;
      return () => void counts.inFlight--;
    },
  }));
  return { counts, pool: { name: 'p', endpoints } as unknown as GrpcPool };
}

function grpcError(code: status, details: string): Error {
  return Object.assign(new Error(details), { code, details, metadata: new Metadata() });
}

const forward = (pool: GrpcPool, isFresh = false) =>
  forwardUnary(Buffer.alloc(0), { pools: [pool], context, budget: new RetryBudget(), isFresh });

describe('a forwarded call', () => {
  test.each([
    [false, 1],
    [true, 3],
  ])('bug: a version that no process has was requested from each of them (fresh %s: %i)', async (isFresh, asked) => {
    const { pool, counts } = poolOf(done => done(grpcError(status.NOT_FOUND, 'version 9 is not found')));
    await expect(forward(pool, isFresh)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'version 9 is not found',
    });
    expect(counts).toEqual({ asked, inFlight: 0 });
  });

  test('is counted when it is retried, by the status of the previous attempt', async () => {
    let calls = 0;
    const { pool } = poolOf(done => {
      if (++calls < 3) done(grpcError(status.UNAVAILABLE, 'ending'));
      else done(null, Buffer.from('answer'));
    });
    const codes: string[] = [];
    const budget = new RetryBudget({ onRetry: code => codes.push(code) });
    await forwardUnary(Buffer.alloc(0), { pools: [pool], context, budget });
    expect(codes).toEqual(['UNAVAILABLE', 'UNAVAILABLE']);
  });

  test('bug: an internal error of the router reached the caller with its message, as UNKNOWN', async () => {
    const mistake = new TypeError('x is not a function');
    const { pool } = poolOf(done => done(mistake));
    // Unchanged: the chassis turns it into INTERNAL, and logs the message.
    await expect(forward(pool)).rejects.toBe(mistake);
  });

  test('bug: a call that could not be started counted as in flight forever', async () => {
    const closed = new Error('Channel has been shut down');
    const { pool, counts } = poolOf(() => {
      throw closed;
    });
    await expect(forward(pool)).rejects.toBe(closed);
    expect(counts).toEqual({ asked: 1, inFlight: 0 });
  });
});
