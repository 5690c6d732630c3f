// An attempt's process that computes without a pause, against a service that notes when it hears of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTelemetry, startService } from '@athanor/service';
import { createTestCredentials, testEnvironment } from '@athanor/service/testing';
import { temporaryDirectory } from '@athanor/testkit';
import { expect, test } from 'vitest';
import { loadTrainingConfig } from '../config.js';

const LEASE_MS = 1_200;
const BLOCKED_MS = 2_500;

/** The process: enters a phase, then blocks its main thread as a run() of the runtime does. */
const SCRIPT = `
  import { Heartbeat } from ${JSON.stringify(new URL('../../dist/runner/heartbeat.js', import.meta.url).href)};
  const stop = new AbortController();
  const heartbeat = new Heartbeat({ ...JSON.parse(process.argv[2]), stop, log: () => undefined });
  await heartbeat.enter('TRAINING');
  const begun = Date.now();
  while (Date.now() - begun < ${BLOCKED_MS}) Math.sqrt(begun);
  const sawStop = stop.signal.aborted;
  await heartbeat.enter('TRAINING', { step: 1 });
  process.stdout.write(JSON.stringify({ begun, sawStop, stopped: stop.signal.aborted }));
  await heartbeat.stop();
`;

test('bug: an attempt whose step took longer than its lease was not heard of until the step ended', async () => {
  const folder = await temporaryDirectory('heartbeat');
  const credentials = await createTestCredentials(folder.path);
  const nats = { url: 'nats://unused', user: 'u', password: 'p' };
  const config = loadTrainingConfig(testEnvironment({ credentials, nats, folder: folder.path }));
  const heard: number[] = [];
  const service = await startService({
    ...{ name: 'training', config, telemetry: createTelemetry({ service: 'training', logLevel: 'silent' }) },
    services: {
      attempts: {
        async heartbeat() {
          heard.push(Date.now());
          return { desiredState: heard.length > 3 ? 'DESIRED_STATE_STOP' : 'DESIRED_STATE_RUN' };
        },
      },
    },
  });
  const attemptId = 'attempt-1';
  const token = await credentials.tokens.attemptToken(attemptId, 'acme');
  const order = { address: `127.0.0.1:${service.port}`, attemptId, token };
  const work = JSON.stringify({ order, epoch: 1, leaseMs: LEASE_MS });
  const script = join(folder.path, 'busy-process.mjs');
  await writeFile(script, SCRIPT);
  const child = spawn(process.execPath, [script, work], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', chunk => {
    output += chunk;
  });
  await once(child, 'close');
  await service.stop();
  await folder.remove();
  const { begun, sawStop, stopped } = JSON.parse(output) as { begun: number; sawStop: boolean; stopped: boolean };
  const whileBlocked = heard.filter(at => at > begun && at < begun + BLOCKED_MS);
  expect(whileBlocked.length).toBeGreaterThan(BLOCKED_MS / LEASE_MS);
  // What the service wants is known as soon as the step has ended.
  expect({ sawStop, stopped }).toEqual({ sawStop: false, stopped: true });
});
