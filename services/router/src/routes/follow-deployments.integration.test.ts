import { setTimeout as sleep } from 'node:timers/promises';
import type { ResolvedDeployment } from '@athanor/contracts/registry';
import { createTelemetry } from '@athanor/service';
import { afterEach, describe, expect, test } from 'vitest';
import { deployment } from '../router.testkit.js';
import { type Following, followDeployments } from './follow-deployments.js';
import { RouteTable } from './route-table.js';

const { log } = createTelemetry({ service: 'router', logLevel: 'silent' });

let following: Following | undefined;
let open: ReturnType<typeof start>['asked'] = [];
afterEach(async () => {
  for (const { resolve } of open) resolve([]);
  await following?.stop();
});

/** A registry that answers when the test lets it. */
function start() {
  const asked: { resolve(listed: ResolvedDeployment[]): void; reject(error: Error): void }[] = [];
  open = asked;
  const table = new RouteTable([{ name: 'all', serves: () => true }]);
  following = followDeployments({
    ...{ table, log, intervalMs: 60_000, onReady: () => undefined },
    list: async () => await new Promise((resolve, reject) => asked.push({ resolve, reject })),
  });
  return { following, table, asked };
}

const listed = (...names: string[]) => names.map(name => deployment(name)) as ResolvedDeployment[];

/** The minimum interval between two lists. */
const PAUSE_MS = 550;

describe('the routes', () => {
  test('bug: a late response overwrote a newer state', async () => {
    const { following, table, asked } = start();
    following.start();
    await sleep(PAUSE_MS);
    const refreshed = following.refresh();
    await expect.poll(() => asked.length).toBe(2);
    asked[1]!.resolve(listed('old', 'new'));
    await refreshed;
    asked[0]!.resolve(listed('old'));
    await sleep(20);
    expect(table.knows('acme', 'new')).toBe(true);
  });

  test('bug: an unavailable registry was called for each unknown name', async () => {
    const { following, asked } = start();
    following.start();
    await expect.poll(() => asked.length).toBe(1);
    asked[0]!.reject(new Error('unavailable'));
    await sleep(20);
    for (let count = 0; count < 10; count++) await following.refresh();
    expect(asked).toHaveLength(1);
  });

  test('are listed once for all waiters, who wait at most 2 s', async () => {
    const { following, asked, table } = start();
    const refreshing = Array.from({ length: 10 }, () => following.refresh());
    expect(asked).toHaveLength(1);
    asked[0]!.resolve(listed('new'));
    await Promise.all(refreshing);
    expect(table.knows('acme', 'new')).toBe(true);
    await sleep(PAUSE_MS);
    const begun = performance.now();
    await following.refresh();
    expect(performance.now() - begun).toBeGreaterThan(1_900);
    expect(performance.now() - begun).toBeLessThan(3_000);
  });
});
