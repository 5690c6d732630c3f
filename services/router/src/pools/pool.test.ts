import { createTelemetry } from '@athanor/service';
import { describe, expect, test } from 'vitest';
import { Pool } from './pool.js';
import { resolveHosts } from './resolve-hosts.js';

const { log } = createTelemetry({ service: 'router', logLevel: 'silent' });
const entry = { name: 'p', address: 'pool.test:1', models: ['*'] };

function failure(code: string): Error {
  return Object.assign(new Error(`query ${code}`), { code });
}

/** DNS that responds when the test lets it. */
function slowDns() {
  const waiting: ((addresses: string[]) => void)[] = [];
  const records = {
    waiting,
    cancel: () => undefined,
    resolve4: async () => await new Promise<string[]>(resolve => waiting.push(resolve)),
    resolve6: async (): Promise<string[]> => [],
  };
  return records as typeof records & { resolve4: never; resolve6: never };
}

function openPool(records: ReturnType<typeof slowDns>) {
  const open = new Set<string>();
  const connect = ({ target }: { target: string }) => {
    open.add(target);
    return { inFlight: 0, distance: 0, retire: () => void open.delete(target) };
  };
  return { open, pool: new Pool(entry, { connect, intervalMs: 10, log, records }) };
}

async function started(records: ReturnType<typeof slowDns>) {
  const opened = openPool(records);
  const starting = opened.pool.start();
  records.waiting.shift()!(['10.0.0.1']);
  await starting;
  await expect.poll(() => records.waiting.length).toBe(1);
  return opened;
}

describe('a pool', () => {
  test('bug: connections to processes stayed open if their lookup ended after the pool had stopped', async () => {
    const records = slowDns();
    const { pool, open } = await started(records);
    expect([...open]).toEqual(['10.0.0.1:1']);
    const stopping = pool.stop();
    expect(open.size).toBe(0);
    records.waiting[0]!(['10.0.0.1', '10.0.0.2']);
    await stopping;
    expect([open.size, pool.size]).toEqual([0, 0]);
  });

  test('bug: lookups queued up while DNS was slow', async () => {
    const records = slowDns();
    const { pool } = await started(records);
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(records.waiting).toHaveLength(1);
    const stopping = pool.stop();
    records.waiting[0]!([]);
    await stopping;
    expect(records.waiting).toHaveLength(1);
  });

  test('logs once that its name has no address, and possible causes', async () => {
    const lines: unknown[] = [];
    const recordingLog = { ...log, info: () => undefined, warn: (_: object, text: string) => void lines.push(text) };
    let queries = 0;
    const records = {
      cancel: () => undefined,
      resolve4: async () => {
        queries++;
        throw failure('ENOTFOUND');
      },
      resolve6: async () => [],
    } as never;
    const pool = new Pool(entry, {
      connect: () => undefined as never,
      intervalMs: 5,
      log: recordingLog as never,
      records,
    });
    await pool.start();
    await expect.poll(() => queries).toBeGreaterThan(3);
    await pool.stop();
    expect(lines).toEqual([expect.stringMatching(/no address.*search domains are not used/)]);
  });
});

describe('addresses', () => {
  const resolve = (v4: string[] | Error, v6: string[] | Error) => {
    const answer = (what: string[] | Error) => async () => {
      if (what instanceof Error) throw what;
      return what;
    };
    return resolveHosts('pool.test:1', { resolve4: answer(v4), resolve6: answer(v6) } as never);
  };

  test.each(['ESERVFAIL', 'ETIMEOUT'])('bug: %s for IPv6 hid all IPv4 addresses', async code => {
    expect(await resolve(['10.0.0.1'], failure(code))).toEqual([{ host: 'pool.test', target: '10.0.0.1:1' }]);
  });

  test('of IPv6 are used if there are no others', async () => {
    expect(await resolve(failure('ENODATA'), ['fd00::1'])).toEqual([{ host: 'pool.test', target: '[fd00::1]:1' }]);
    expect(await resolve(failure('ENOTFOUND'), failure('ENOTFOUND'))).toEqual([]);
    await expect(resolve(failure('ESERVFAIL'), [])).rejects.toMatchObject({ code: 'ESERVFAIL' });
  });
});
