import { RpcError } from '@athanor/client';
import { describe, expect, it } from 'vitest';
import { type ResumeOptions, resumeWatch } from './resume-watch.js';

const lost = (code: 'UNAVAILABLE' | 'DEADLINE_EXCEEDED' | 'NOT_FOUND') =>
  new RpcError({ code, message: `ended with ${code}`, method: '/s/M' });

/** Streams that yield their numbers, and then fail with their error, if any. */
function streams(...each: readonly { readonly items: readonly number[]; readonly error?: Error }[]) {
  let opened = 0;
  const open = async function* () {
    const stream = each[Math.min(opened++, each.length - 1)];
    yield* stream?.items ?? [];
    if (stream?.error !== undefined) throw stream.error;
  };
  return { open, opened: () => opened };
}

async function collect(open: () => AsyncIterable<number>, options: Partial<ResumeOptions> = {}) {
  const notes: string[] = [];
  const terminal = { out: () => undefined, err: (text: string) => void notes.push(text), isTTY: false, columns: 80 };
  const items: number[] = [];
  let error: unknown;
  try {
    for await (const item of resumeWatch(open, { terminal, what: 'job j', retryMs: 1, ...options })) items.push(item);
  } catch (thrown) {
    error = thrown;
  }
  return { items, notes, error };
}

describe('a watch', () => {
  it('bug: ended when the server restarted', async () => {
    const down = { items: [], error: lost('UNAVAILABLE') };
    const { open } = streams({ items: [1, 2], error: lost('UNAVAILABLE') }, down, down, { items: [3] });
    const { items, notes, error } = await collect(open);
    expect(items).toEqual([1, 2, 3]);
    expect(error).toBeUndefined();
    expect(notes).toEqual([
      expect.stringMatching(/connection was lost \(ended with UNAVAILABLE\); going on with job j/),
    ]);
  });

  it('bug: ended after ten minutes without messages', async () => {
    const { open } = streams({ items: [1], error: lost('DEADLINE_EXCEEDED') }, { items: [2] });
    expect(await collect(open)).toEqual({ items: [1, 2], notes: [], error: undefined });
  });

  it('gives up after a long time without a connection', async () => {
    const { open, opened } = streams({ items: [], error: lost('UNAVAILABLE') });
    const { error, notes } = await collect(open, { giveUpMs: 50 });
    expect(error).toMatchObject({ code: 'UNAVAILABLE' });
    expect(notes).toHaveLength(1);
    expect(opened()).toBeGreaterThan(2);
  });

  it('ends at once with a permanent error, and when it is aborted', async () => {
    const missing = streams({ items: [], error: lost('NOT_FOUND') });
    expect((await collect(missing.open)).error).toMatchObject({ code: 'NOT_FOUND' });
    expect(missing.opened()).toBe(1);
    const aborted = streams({ items: [], error: lost('UNAVAILABLE') });
    expect((await collect(aborted.open, { signal: AbortSignal.abort() })).error).toMatchObject({ code: 'UNAVAILABLE' });
    expect(aborted.opened()).toBe(1);
  });
});
