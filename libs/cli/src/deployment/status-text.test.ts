import type { DeploymentStatus } from '@athanor/contracts/inference';
import { expect, it } from 'vitest';
import { statusText } from './status-text.js';

const version = {
  ...{ version: 2, state: 'STATE_READY', reason: '', scheduler: 'dynamic', isolation: 'process' },
  ...{
    executionProvider: 'cpu',
    queuedRequests: 3,
    queuedRows: 9,
    succeededRequests: 10,
    failedRequests: 1,
    restarts: 1,
  },
  instances: [
    { state: 'STATE_BUSY', pid: 41, threads: 2, memoryBytes: 3 * 1024 * 1024, _memoryBytes: 'memoryBytes' },
    { state: 'STATE_IDLE', pid: 0, threads: 2 },
  ],
  recentRestarts: [{ time: { seconds: 0, nanos: 0 }, reason: 'the process ended with SIGKILL' }],
};
const failed = { ...version, version: 3, state: 'STATE_FAILED', reason: 'no GPU', instances: [], recentRestarts: [] };
const status = { name: 'pets', pool: 'gpu', host: 'node-1', revision: 4 };

it('shows versions with the reasons why they are not ready, instances with their memory, and restarts', () => {
  const text = statusText({ ...status, versions: [version, failed] } as unknown as DeploymentStatus);
  expect(text).toMatch(/Served by: +gpu on node-1\nReached: +revision 4\n/);
  expect(text).toMatch(/v2 +READY +dynamic +process +cpu +3 +10 +1 +1\n/);
  expect(text).toMatch(/v3 +FAILED .* no GPU\n/);
  expect(text).toMatch(/v2 #1 +BUSY +process 41 +2 +3\.0 MiB\nv2 #2 +IDLE +a thread of the server +2 +-\n/);
  expect(text).toMatch(/v2 +1970-01-01T00:00:00Z +the process ended with SIGKILL\n/);
});

it('says if nothing is loaded', () => {
  expect(statusText({ ...status, revision: 0, versions: [] })).toMatch(/no revision yet\nNo version is loaded\.\n$/);
});
