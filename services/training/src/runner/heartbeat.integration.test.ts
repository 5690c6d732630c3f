// An attempt's process that computes without a pause, against a service that records its calls.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTelemetry, type RunningService, startService } from '@athanor/service';
import { createTestCredentials, testEnvironment } from '@athanor/service/testing';
import { type TemporaryDirectory, temporaryDirectory } from '@athanor/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { loadTrainingConfig } from '../config.js';

const LEASE_MS = 1_200;
const BLOCKED_MS = 2_500;
const HEARTBEAT = new URL('../../dist/runner/heartbeat.js', import.meta.url).href;

let folder: TemporaryDirectory;
let service: RunningService;
let order: object;
let heartbeats: number[];
let failures: object[];

beforeAll(async () => {
  folder = await temporaryDirectory('heartbeat');
  const credentials = await createTestCredentials(folder.path);
  const nats = { url: 'nats://unused', user: 'u', password: 'p' };
  const config = loadTrainingConfig(testEnvironment({ credentials, nats, folder: folder.path }));
  service = await startService({
    ...{ name: 'training', config, telemetry: createTelemetry({ service: 'training', logLevel: 'silent' }) },
    services: {
      attempts: {
        async heartbeat() {
          heartbeats.push(Date.now());
          return { desiredState: heartbeats.length > 3 ? 'DESIRED_STATE_STOP' : 'DESIRED_STATE_RUN' };
        },
        async failAttempt(failure: object) {
          failures.push(failure);
          return {};
        },
      },
    },
  });
  const attemptId = 'attempt-1';
  const token = await credentials.tokens.attemptToken(attemptId, 'acme');
  order = { address: `127.0.0.1:${service.port}`, attemptId, token };
});
afterAll(async () => {
  await service.stop();
  await folder.remove();
});
beforeEach(() => {
  heartbeats = [];
  failures = [];
});

/** Runs a process that has a heartbeat, in the phase TRAINING. @returns what it printed as JSON, and the signal that ended it. */
async function run<T>(
  body: string,
  more: { maxSilenceMs?: number } = {},
): Promise<{ printed: T; signal: string | null }> {
  const script = join(folder.path, 'process.mjs');
  const work = JSON.stringify({ order, epoch: 1, leaseMs: LEASE_MS, ...more });
  await writeFile(
    script,
    `import { Heartbeat } from ${JSON.stringify(HEARTBEAT)};
     const stop = new AbortController();
     const heartbeat = new Heartbeat({ ...${work}, stop, log: () => undefined });
     await heartbeat.enter('TRAINING');
     ${body}
     await heartbeat.stop();`,
  );
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', chunk => {
    output += chunk;
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { printed: JSON.parse(output || 'null') as T, signal };
}

test('bug: an attempt whose step took longer than its lease sent no heartbeat until the step ended', async () => {
  const { printed } = await run<{ begun: number; sawStop: boolean; stopped: boolean }>(`
    const begun = Date.now();
    while (Date.now() - begun < ${BLOCKED_MS}) Math.sqrt(begun);
    const sawStop = stop.signal.aborted;
    await heartbeat.enter('TRAINING', { step: 1 });
    process.stdout.write(JSON.stringify({ begun, sawStop, stopped: stop.signal.aborted }));
  `);
  const { begun, sawStop, stopped } = printed;
  const whileBlocked = heartbeats.filter(at => at > begun && at < begun + BLOCKED_MS);
  expect(whileBlocked.length).toBeGreaterThan(BLOCKED_MS / LEASE_MS);
  // The request to stop is known as soon as the step has ended.
  expect({ sawStop, stopped }).toEqual({ sawStop: false, stopped: true });
});

test('an attempt whose computation never returns fails and ends itself', async () => {
  const { signal } = await run('for (;;) Math.sqrt(2);', { maxSilenceMs: 1_500 });
  expect(signal).toBe('SIGKILL');
  expect(failures).toMatchObject([{ reason: 'Hung', retryable: true, code: 4 }]);
});

test('an attempt that waits while its event loop runs is not considered hung', async () => {
  const { signal } = await run('await new Promise(resolve => setTimeout(resolve, 2_500));', { maxSilenceMs: 1_500 });
  expect(signal).toBe(null);
  expect(failures).toEqual([]);
});
