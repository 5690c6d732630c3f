import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, deploy, eventually, type FakeNode, fakeNode, openCluster, runHelm } from './cluster.js';
import type { KubeObject } from './render.js';
import { missing, tools } from './tools.js';

const absent = missing('helm', 'kubectl', 'testBed');
const helm = tools.helms.at(-1)!;

const gpuLabels = (product: string, memory: number) => ({
  'nvidia.com/gpu.present': 'true',
  'nvidia.com/gpu.product': product,
  'nvidia.com/gpu.memory': String(memory),
});
const NODES: readonly FakeNode[] = [
  { name: 'a100', labels: gpuLabels('NVIDIA-A100-SXM4-80GB', 81_920), devices: { 'nvidia.com/gpu': 16 } },
  { name: 'h100', labels: gpuLabels('NVIDIA-H100-80GB-HBM3', 81_559), devices: { 'nvidia.com/gpu': 4 } },
  { name: 't4', labels: gpuLabels('Tesla-T4', 15_360), devices: { 'nvidia.com/gpu': 4 } },
  { name: 'open', labels: gpuLabels('Tesla-T4', 15_360), devices: { 'nvidia.com/gpu': 2 }, tainted: false },
  { name: 'mig', labels: gpuLabels('NVIDIA-A100-SXM4-80GB', 81_920), devices: { 'nvidia.com/mig-1g.10gb': 7 } },
  { name: 'sliced', labels: gpuLabels('NVIDIA-L4', 23_034), devices: { 'nvidia.com/gpu.shared': 8 } },
  // Its devices are known to dynamic resource allocation only.
  { name: 'dra', labels: { 'nvidia.com/gpu.present': 'true' } },
];
const gpu = (settings: object) => ({ image: 'cuda', gpu: { mode: 'devicePlugin', ...settings } });
const POOLS = {
  cpu: { replicas: 6 },
  product: { ...gpu({ products: ['NVIDIA-A100-SXM4-80GB'] }), replicas: 2 },
  memory: { ...gpu({ minMemoryMiB: 40_000 }), replicas: 4 },
  any: { ...gpu({}), replicas: 6 },
  mig: { ...gpu({ resource: 'nvidia.com/mig-1g.10gb' }), replicas: 3 },
  sliced: { ...gpu({ resource: 'nvidia.com/gpu.shared' }), replicas: 3 },
  claims: { image: 'cuda', gpu: { mode: 'dra', products: ['NVIDIA-H200'], minMemoryMiB: 100_000 }, replicas: 2 },
  toomany: { ...gpu({ count: 64 }), replicas: 1 },
  nowhere: { ...gpu({ resource: 'nvidia.com/mig-7g.80gb' }), replicas: 1 },
  wrong: { ...gpu({ products: ['NVIDIA-B300'] }), replicas: 1 },
};

describe.skipIf(absent)(`pods of pools${absent ? ` (skipped: ${absent})` : ''}`, () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await openCluster();
    await cluster.createNamespace('placement');
    const made = await cluster.apply([...NODES.map(fakeNode), ...draDevices('dra', 2)]);
    if (made.code !== 0) throw new Error(made.stderr);
    await cluster.kubectl('wait', '--for=condition=Ready', 'node', '--all', '--timeout=60s');
    await deploy('install', { cluster, helm, namespace: 'placement', values: { 'inference.pools': POOLS } });
    await settled(cluster, 'placement');
  });
  afterAll(() => cluster?.close());

  it.each([
    ['cpu', ['cpu-1', 'cpu-2']],
    ['product', ['a100']],
    ['memory', ['a100', 'h100']],
    ['any', ['a100', 'h100', 't4', 'open']],
    ['mig', ['mig']],
    ['sliced', ['sliced']],
    ['claims', ['dra']],
  ])('are scheduled to the right nodes: %s on %j', async (pool, allowed) => {
    const placed = await nodesOf(cluster, 'placement', `athanor.dev/pool=${pool}`);
    expect(placed).toHaveLength(POOLS[pool as keyof typeof POOLS].replicas);
    expect(placed.filter(node => !allowed.includes(node ?? 'nowhere'))).toEqual([]);
  });

  it.each([
    ['toomany', /Insufficient nvidia\.com\/gpu/],
    ['nowhere', /Insufficient nvidia\.com\/mig-7g\.80gb/],
    ['wrong', /didn't match Pod's node affinity\/selector/],
  ])('wait with the scheduler’s reason if there is no device: %s', async (pool, reason) => {
    const [pod] = await cluster.get('pods', '-n', 'placement', '-l', `athanor.dev/pool=${pool}`);
    expect(pod?.spec.nodeName).toBeUndefined();
    const scheduled = pod?.status.conditions.find((each: { type: string }) => each.type === 'PodScheduled');
    expect(scheduled).toMatchObject({ status: 'False', reason: 'Unschedulable' });
    expect(scheduled.message).toMatch(reason);
  });

  it('and of all other services avoid nodes with GPUs', async () => {
    const placed = await nodesOf(cluster, 'placement', 'app.kubernetes.io/component!=inference');
    expect(placed.length).toBeGreaterThanOrEqual(8);
    expect(placed.filter(node => !node?.startsWith('cpu-'))).toEqual([]);
  });

  it('are spread over nodes', async () => {
    for (const component of ['ingest', 'registry', 'router', 'training']) {
      const placed = await nodesOf(cluster, 'placement', `app.kubernetes.io/component=${component}`);
      expect(placed.sort(), component).toEqual(['cpu-1', 'cpu-2']);
    }
  });

  it('can be fifty at once, and are removed again', async () => {
    const pools = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`p${index}`, { replicas: 1 }]));
    await cluster.createNamespace('many');
    await deploy('install', { cluster, helm, namespace: 'many', values: { 'inference.pools': pools } });
    await settled(cluster, 'many');
    const placed = await nodesOf(cluster, 'many', 'app.kubernetes.io/component=inference');
    expect(placed.filter(node => node?.startsWith('cpu-'))).toHaveLength(50);
    const [config] = await cluster.get('configmap', 'athanor-pools', '-n', 'many');
    expect(JSON.parse(config?.data['pools.json']).pools).toHaveLength(50);
    await runHelm({ cluster, helm }, 'uninstall', 'athanor', '-n', 'many');
    expect(await cluster.get('deployments,services', '-n', 'many')).toEqual([]);
  });
});

/** Devices as NVIDIA's DRA driver publishes them. */
function draDevices(node: string, count: number) {
  const driver = 'gpu.nvidia.com';
  const devices = Array.from({ length: count }, (_, index) => ({
    name: `gpu-${index}`,
    attributes: { productName: { string: 'NVIDIA H200' } },
    capacity: { memory: { value: '141Gi' } },
  }));
  return [
    {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'DeviceClass',
      metadata: { name: driver },
      spec: { selectors: [{ cel: { expression: `device.driver == '${driver}'` } }] },
    },
    {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceSlice',
      metadata: { name: `${node}-${driver}` },
      spec: { driver, nodeName: node, pool: { name: node, generation: 1, resourceSliceCount: 1 }, devices },
    },
  ];
}

/** Waits until the scheduler has decided on every pod of the Deployments. */
async function settled(cluster: Cluster, namespace: string): Promise<void> {
  await eventually(async () => {
    const [deployments, pods] = await Promise.all(
      ['deployments', 'pods'].map(kind => cluster.get(kind, '-n', namespace)),
    );
    const wanted = deployments!.reduce((sum, { spec }) => sum + spec.replicas, 0);
    const decided = pods!.filter(({ spec, status }) => spec.nodeName !== undefined || isRefused(status));
    return decided.length === wanted ? true : undefined;
  }, `decisions about all pods in ${namespace}`);
}

function isRefused(status: KubeObject['status']): boolean {
  const conditions = (status.conditions ?? []) as { reason?: string }[];
  return conditions.some(({ reason }) => reason === 'Unschedulable');
}

async function nodesOf(cluster: Cluster, namespace: string, selector: string): Promise<(string | undefined)[]> {
  const pods = await cluster.get('pods', '-n', namespace, '-l', selector);
  return pods.map(({ spec }) => spec.nodeName as string | undefined);
}
