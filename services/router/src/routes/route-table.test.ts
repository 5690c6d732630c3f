import type { ResolvedDeployment } from '@athanor/contracts/registry';
import { expect, test } from 'vitest';
import { RouteTable } from './route-table.js';

function resolved(name: string, version: number): ResolvedDeployment {
  const modelVersion = { modelName: 'm', version, digest: `sha256:${version}` };
  return { tenant: 'acme', deployment: { name, modelName: 'm', alias: 'champion' }, modelVersion } as never;
}

test('a route is fresh for half a minute after a change of what it serves', () => {
  let now = 0;
  const table = new RouteTable([{ name: 'all', serves: () => true }], () => now);
  const isFresh = (name: string) => table.expect('acme', name).isFresh;
  table.update([resolved('a', 1), resolved('b', 1)]);
  expect([isFresh('a'), isFresh('b')]).toEqual([true, true]);
  now = 31_000;
  // Listed again without a change; the other's alias has moved.
  table.update([resolved('a', 1), resolved('b', 2)]);
  expect([isFresh('a'), isFresh('b')]).toEqual([false, true]);
  now = 62_000;
  expect(isFresh('b')).toBe(false);
});
