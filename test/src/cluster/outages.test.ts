import type { AthanorClient } from '@athanor/client';
import { collectPages } from '@athanor/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJob, eventually, referenceSpec, versionOfJob, waitForJob } from '../mesh/main-job.js';
import { NAMESPACE, unavailable } from './cluster.js';
import { importDigits, MODEL, serveDigits } from './digits.js';
import { freshRelease } from './fresh-release.js';
import { isReady, kubectl, list, type ObjectStatus } from './kubectl.js';
import { loadTable, startLoad } from './load.js';
import { killInPod } from './nodes.js';
import { connectTo, type ExternalAccess, podsOf, readExternalAccess } from './release.js';

describe.skipIf(unavailable !== undefined)(`outages${unavailable ? ` (skipped: ${unavailable})` : ''}`, () => {
  let access: ExternalAccess;
  let client: AthanorClient;

  beforeAll(async () => {
    await freshRelease();
    access = await readExternalAccess();
    client = connectTo(access);
    await serveDigits(client);
  }, 300_000);
  afterAll(() => client?.close());

  async function restart(part: string): Promise<void> {
    const find = async () =>
      (await list('pods', { namespace: NAMESPACE, selector: `app=${part}` })).find(pod => isReady(pod));
    const before = await find();
    // Not by force: a StatefulSet would start the next pod on the same files while this one still runs.
    await kubectl('--namespace', NAMESPACE, 'delete', 'pod', `${part}-0`, '--grace-period=1');
    await eventually(
      `another pod of ${part}`,
      async () => {
        const after = await find();
        return after !== undefined && after.metadata.uid !== before?.metadata.uid;
      },
      120_000,
      500,
    );
  }

  it('NATS and PostgreSQL are killed while jobs are trained and registered: nothing is lost or duplicated', async () => {
    await importDigits(client);
    const before = (await listVersions()).length;
    const jobs = [];
    for (let seed = 100; seed < 104; seed++) {
      const spec = referenceSpec(MODEL, { seed, epochs: 2 });
      jobs.push(await createJob(client, 'outages', spec));
      await restart(seed % 2 === 0 ? 'nats' : 'postgres');
    }
    for (const { jobId } of jobs) {
      await expect
        .poll(
          () =>
            waitForJob(client, jobId).then(
              ({ state }) => state,
              () => 'unavailable',
            ),
          { timeout: 120_000, interval: 1_000 },
        )
        .toBe('STATE_SUCCEEDED');
      await versionOfJob(client, jobId);
    }
    expect((await listVersions()).length - before).toBe(jobs.length);
    const { deadLetters } = await client.events.listDeadLetters({});
    expect(deadLetters).toEqual([]);
  }, 400_000);

  async function listVersions() {
    const list = async (pageToken: string) => {
      const { modelVersions: items, nextPageToken } = await client.registry.listModelVersions({
        modelName: 'outages',
        pageToken,
      });
      return { items, nextPageToken };
    };
    return await collectPages(list).catch(() => []);
  }

  it.each([
    ['a pod that is deleted at once', remove],
    ['a process that is killed, as by the out-of-memory killer', killInPod],
  ])(
    '%s loses at most its requests in flight',
    async (_what, kill) => {
      const { image } = await serveDigits(client);
      await eventually('two ready pods', async () => (await podsOf('inference')).filter(isReady).length >= 2, 60_000);
      const load = startLoad({ access, modelName: MODEL, image, ratePerSecond: 100 });
      await new Promise(resolve => setTimeout(resolve, 4_000));
      const [pod] = await podsOf('inference');
      await kill(pod!);
      await new Promise(resolve => setTimeout(resolve, 12_000));
      const result = await load.stop();
      process.stdout.write(`${loadTable('killed', result)}\n`);
      const [report] = result.reports;
      expect(await startsOf(pod!), 'nothing was killed').not.toEqual({
        uid: pod!.metadata.uid,
        restarts: restartsOf(pod!),
      });
      // Requests in flight at that moment are retried once, at the other pod.
      expect(report!.failed, report!.failures.join('; ')).toBeLessThanOrEqual(5);
    },
    120_000,
  );
});

async function remove({ metadata }: ObjectStatus): Promise<void> {
  await kubectl('--namespace', NAMESPACE, 'delete', 'pod', metadata.name, '--grace-period=0', '--force');
}

function restartsOf({ status }: ObjectStatus): number {
  return status.containerStatuses[0].restartCount;
}

/** The pod's identity and its number of restarts; undefined once it is gone. */
async function startsOf({ metadata }: ObjectStatus): Promise<{ uid: string; restarts: number } | undefined> {
  const pod = (await podsOf('inference')).find(({ metadata: { uid } }) => uid === metadata.uid);
  return pod && { uid: metadata.uid, restarts: restartsOf(pod) };
}
