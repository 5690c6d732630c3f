import type { AthanorClient } from '@athanor/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, serve, versionOfJob } from '../mesh/main-job.js';
import { runCommand } from '../mesh/run-athanor.js';
import { NAMESPACE, RELEASE, TEST_BED_STATE, unavailable } from './cluster.js';
import { importDigits, MODEL, serveDigits, trainDigits } from './digits.js';
import { freshRelease } from './fresh-release.js';
import { get, isReady, kubectl, list, type ObjectStatus } from './kubectl.js';
import { connectTo, deploy, readExternalAccess } from './release.js';

// Pools with the devices of a device plugin. The test bed's devices cannot compute, so the pool prefers a GPU, falls
// back to the CPU and reports that; on real nodes the same values with `required: true` and the CUDA image use the GPU.

const RESOURCE = 'nvidia.com/gpu';
const why = unavailable ?? (await withoutDevices());

async function withoutDevices(): Promise<string | undefined> {
  const nodes = JSON.parse(await kubectl('get', 'nodes', '-o', 'json')) as { items: ObjectStatus[] };
  const devices = nodes.items.map(({ status }) => Number(status.allocatable[RESOURCE] ?? 0));
  return devices.some(count => count > 0) ? undefined : `no node has ${RESOURCE}`;
}

const pool = (replicas: number) => ({
  gpu: {
    models: ['faces@champion'],
    replicas,
    image: 'cpu',
    gpu: { mode: 'devicePlugin', required: false },
    // Devices run out before CPU does, whatever the node has.
    resources: { requests: { cpu: '10m', memory: '64Mi' } },
  },
  cpu: { models: [MODEL] },
});

describe.skipIf(why !== undefined)(`a pool on GPUs${why ? ` (skipped: ${why})` : ''}`, () => {
  let client: AthanorClient;

  beforeAll(async () => {
    await freshRelease();
    client = connectTo(await readExternalAccess());
    await serveDigits(client);
    await importDigits(client);
    // The test bed's nodes have no labels of GPU feature discovery.
    for (const node of await devices())
      await kubectl('label', 'node', node, 'nvidia.com/gpu.present=true', '--overwrite');
    await deploy({ 'inference.pools': pool(1) });
  }, 600_000);
  afterAll(async () => {
    await deploy().catch(() => undefined);
    client?.close();
  }, 300_000);

  async function devices(): Promise<string[]> {
    const nodes = JSON.parse(await kubectl('get', 'nodes', '-o', 'json')) as { items: ObjectStatus[] };
    return nodes.items
      .filter(({ status }) => Number(status.allocatable[RESOURCE] ?? 0) > 0)
      .map(({ metadata }) => metadata.name);
  }

  const gpuPods = () =>
    list('pods', { namespace: NAMESPACE, selector: `app.kubernetes.io/instance=${RELEASE},athanor.dev/pool=gpu` });

  it('runs on a node that has devices, and its assigned device is in its environment', async () => {
    const [pod] = await gpuPods();
    expect(await devices()).toContain(pod?.spec.nodeName);
    const script =
      'console.log(Object.entries(process.env).filter(([name]) => /VISIBLE_DEVICES|GPU/.test(name)).join())';
    const output = await kubectl('--namespace', NAMESPACE, 'exec', pod!.metadata.name, '--', 'node', '-e', script);
    expect(output).toMatch(/VISIBLE_DEVICES/);
    const node = await kubectl('get', 'node', pod!.spec.nodeName!, '-o', 'jsonpath={.status.allocatable}');
    expect(node).toContain(RESOURCE);
  });

  it('serves its models and no others, behind the one address', async () => {
    const { jobId } = await trainDigits(client, { seed: 7 }, 'faces');
    await serve(client, await versionOfJob(client, jobId));
    const { config } = await client.inference.modelConfig({ name: 'faces' });
    expect(config?.instanceGroup[0]?.kind).toBe('KIND_CPU');
    expect(config?.parameters.gpu_unavailable?.stringValue).toMatch(/libonnxruntime_providers|libcuda/);
    const { config: digits } = await client.inference.modelConfig({ name: MODEL });
    expect(digits?.parameters).not.toHaveProperty('gpu_unavailable');
  }, 200_000);

  it('waits with the scheduler’s reason if all devices are in use', async () => {
    await deploy({ 'inference.pools': pool(1), 'inference.pools.gpu.replicas': 6 }, '20s').catch(() => undefined);
    const pending = await eventually(
      'a pod without a device',
      async () => (await gpuPods()).find(({ status }) => status.phase === 'Pending'),
      60_000,
    );
    const { status } = await get('pod', pending.metadata.name, NAMESPACE);
    const conditions = status.conditions as { type: string; reason: string; message: string }[];
    expect(conditions.find(({ type }) => type === 'PodScheduled')).toMatchObject({
      reason: 'Unschedulable',
      message: expect.stringContaining(`Insufficient ${RESOURCE}`),
    });
    await deploy({ 'inference.pools': pool(1) });
  }, 300_000);

  it.skipIf(TEST_BED_STATE === undefined)(
    'does not get a device that has turned unhealthy',
    async () => {
      await deploy({ 'inference.pools': pool(1) });
      const [node] = await devices();
      const allocatable = async () =>
        Number(await kubectl('get', 'node', node!, '-o', 'jsonpath={.status.allocatable.nvidia\\.com/gpu}'));
      const before = await allocatable();
      await runCommand('sh', ['-c', `kill -USR1 $(cat ${TEST_BED_STATE}/node0/device-plugin.pid)`]);
      await eventually('one device less', async () => (await allocatable()) === before - 1, 60_000);
      expect((await gpuPods()).every(isReady)).toBe(true);
    },
    300_000,
  );
});
