import type { AthanorClient } from '@athanor/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../mesh/main-job.js';
import { tritonPython } from '../mesh/triton-python.js';
import { measureCapacity } from './capacity.js';
import { FULLNAME, listNodes, NAMESPACE, RELEASE, unavailable } from './cluster.js';
import { type Digits, MODEL, serveDigits } from './digits.js';
import { freshRelease } from './fresh-release.js';
import { isReady, kubectl } from './kubectl.js';
import { type LoadReport, loadTable, startLoad } from './load.js';
import { connectTo, deploy, type ExternalAccess, helm, podsOf, readExternalAccess } from './release.js';

/** Fraction of the sustained load that both clients together offer, so that the event is tested and not overload. */
const OFFERED_SHARE = 0.4;
const SECONDS = Number(process.env.ATHANOR_LOAD_SECONDS ?? 120);
const NEXT = process.env.ATHANOR_NEXT_TAG;
const nodes = unavailable === undefined ? await listNodes() : [];

describe.skipIf(unavailable !== undefined)(`no request fails${unavailable ? ` (skipped: ${unavailable})` : ''}`, () => {
  let access: ExternalAccess;
  let client: AthanorClient;
  let digits: Digits;
  let python: string | undefined;
  /** Requests per second of each client. */
  let rate: number;

  beforeAll(async () => {
    await freshRelease();
    access = await readExternalAccess();
    client = connectTo(access);
    digits = await serveDigits(client);
    python = await tritonPython();
    await allPodsServe();
    const sustained = await measureCapacity({ access, modelName: MODEL, image: digits.image });
    const clients = python === undefined ? 1 : 2;
    rate = Math.max(1, Math.floor((OFFERED_SHARE * sustained) / clients));
    process.stdout.write(`Sustained: ${sustained.toFixed(0)} requests/s. Offered: ${clients} × ${rate} requests/s.\n`);
  }, 300_000);
  afterAll(async () => {
    for (const { name } of nodes) await kubectl('uncordon', name).catch(() => undefined);
    client?.close();
  });

  /** Sends requests for a while, triggers an event during that, and continues until the time is over. */
  async function under(what: string, event: () => Promise<void>, seconds = SECONDS): Promise<readonly LoadReport[]> {
    const load = startLoad({ access, modelName: MODEL, image: digits.image, ratePerSecond: rate, python });
    const begun = performance.now();
    await new Promise(resolve => setTimeout(resolve, 5_000));
    await event().catch(async error => {
      await load.stop();
      throw error;
    });
    const left = seconds * 1000 - (performance.now() - begun);
    await new Promise(resolve => setTimeout(resolve, Math.max(left, 5_000)));
    const result = await load.stop();
    process.stdout.write(`${loadTable(what, result)}\n`);
    return result.reports;
  }

  function expectNone(reports: readonly LoadReport[], seconds = SECONDS): void {
    for (const { client: name, sent, failed, failures } of reports) {
      expect(failed, `${name}: ${failures.join('; ')}`).toBe(0);
      expect(sent).toBeGreaterThanOrEqual(rate * seconds * 0.95);
    }
  }

  async function allPodsServe(): Promise<void> {
    const ready = async (component: string) => (await podsOf(component)).filter(isReady).length >= 2;
    await eventually('two ready pods', async () => (await ready('inference')) && (await ready('router')), 120_000, 500);
  }

  it.skipIf(nodes.length < 2)(
    `while one of two nodes is drained${nodes.length < 2 ? ' (skipped: the cluster has one node)' : ''}`,
    async () => {
      const node = nodes.at(-1)!.name;
      const reports = await under('drain', async () => {
        await kubectl(
          ...['drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=110s'],
          ...['--pod-selector', `app.kubernetes.io/instance=${RELEASE}`],
        );
      });
      await kubectl('uncordon', node);
      expectNone(reports);
    },
    400_000,
  );

  it.skipIf(NEXT === undefined)(
    `while all services are upgraded to another image, with one more migration and one more field of an event, and rolled back${NEXT === undefined ? ' (skipped: ATHANOR_NEXT_TAG names no image)' : ''}`,
    async () => {
      const tag = { 'image.control.tag': NEXT, 'image.runner.tag': NEXT };
      expectNone(await under('upgrade', async () => await deploy(tag)));
      expect(await helm('history', RELEASE)).toContain('deployed');
      const fieldsOf = async () => (await client.registry.listModels({})).models.length;
      expect(await fieldsOf()).toBeGreaterThan(0);
      expectNone(
        await under('rollback', async () => void (await helm('rollback', RELEASE, '--wait', '--timeout', '300s'))),
      );
      expect(await fieldsOf()).toBeGreaterThan(0);
    },
    900_000,
  );

  it('fail if pods neither pause before they end nor drain, so the load of these tests detects that', async ({
    skip,
  }) => {
    skip(python === undefined, 'our SDK retries refused calls; without tritonclient failures are not visible');
    const cut = { preStopSeconds: 1, drainDelayMs: 0, drainGraceMs: 0, minReadySeconds: 0 };
    await deploy({ 'defaults.lifecycle': cut, 'inference.defaults.lifecycle': cut });
    try {
      const restart = ['rollout', 'restart', 'deployment', '-l', `app.kubernetes.io/instance=${RELEASE}`];
      const reports = await under(
        'no pause',
        async () => {
          // Like an upgrade, for the serving pods.
          await kubectl('--namespace', NAMESPACE, ...restart);
          await kubectl(
            '--namespace',
            NAMESPACE,
            'rollout',
            'status',
            `deployment/${FULLNAME}-router`,
            '--timeout=120s',
          );
        },
        30,
      );
      expect(reports.reduce((sum, { failed }) => sum + failed, 0)).toBeGreaterThan(0);
    } finally {
      await deploy();
    }
  }, 500_000);
});
