import { describe, expect, it } from 'vitest';
import { find, ofKind, pods, render, variables } from './render.js';
import { missing } from './tools.js';

const absent = missing('helm');
const A100 = {
  image: 'cuda',
  models: ['digits@champion', 'faces'],
  gpu: { mode: 'devicePlugin', count: 2, products: ['NVIDIA-A100-SXM4-80GB'], minMemoryMiB: 40_000 },
};

/** One pool named "p", next to one without a GPU. */
async function renderPool(pool: unknown) {
  return await render({ values: { 'inference.pools': { p: pool, cpu: {} } } });
}

describe.skipIf(absent)(`a pool${absent ? ` (skipped: ${absent})` : ''}`, () => {
  it('with GPUs requests the device, on nodes with the right one', async () => {
    const { spec } = find(await renderPool(A100), 'Deployment', 'athanor-pool-p').spec.template;
    expect(spec.containers[0].resources.limits).toMatchObject({ 'nvidia.com/gpu': 2 });
    const [term] = spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms;
    expect(term.matchExpressions).toEqual([
      { key: 'nvidia.com/gpu.present', operator: 'In', values: ['true'] },
      { key: 'nvidia.com/gpu.product', operator: 'In', values: ['NVIDIA-A100-SXM4-80GB'] },
      { key: 'nvidia.com/gpu.memory', operator: 'Gt', values: ['39999'] },
    ]);
    expect(spec.tolerations).toEqual([{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }]);
  });

  it('without one avoids nodes with GPUs, like every other pod', async () => {
    for (const { name, spec } of pods(await render())) {
      const [term] = spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms;
      expect(term.matchExpressions, name).toEqual([
        { key: 'nvidia.com/gpu.present', operator: 'NotIn', values: ['true'] },
      ]);
    }
    const relaxed = pods(await render({ values: { 'placement.avoidGpuNodes': false } }));
    expect(relaxed.filter(({ spec }) => spec.affinity !== undefined)).toEqual([]);
  });

  it('adds its conditions to each term of a given affinity', async () => {
    const zone = (name: string) => ({ matchExpressions: [{ key: 'zone', operator: 'In', values: [name] }] });
    const affinity = {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [zone('a'), zone('b')] } },
    };
    const { spec } = find(await renderPool({ affinity }), 'Deployment', 'athanor-pool-p').spec.template;
    const terms = spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms;
    expect(
      terms.map((term: { matchExpressions: { key: string }[] }) => term.matchExpressions.map(at => at.key)),
    ).toEqual([
      ['zone', 'nvidia.com/gpu.present'],
      ['zone', 'nvidia.com/gpu.present'],
    ]);
  });

  it('claims devices by DRA with an expression for the same rules', async () => {
    const objects = await renderPool({ ...A100, gpu: { ...A100.gpu, mode: 'dra' } });
    const { spec } = find(objects, 'Deployment', 'athanor-pool-p').spec.template;
    expect(spec.resourceClaims).toEqual([{ name: 'gpu', resourceClaimTemplateName: 'athanor-pool-p-gpu' }]);
    expect(spec.containers[0].resources).toMatchObject({ claims: [{ name: 'gpu' }] });
    expect(spec.containers[0].resources.limits).not.toHaveProperty('nvidia.com/gpu');
    const [request] = find(objects, 'ResourceClaimTemplate', 'athanor-pool-p-gpu').spec.spec.devices.requests;
    expect(request.exactly).toMatchObject({ deviceClassName: 'gpu.nvidia.com', count: 2 });
    expect(request.exactly.selectors[0].cel.expression).toBe(
      "device.driver == 'gpu.nvidia.com' && " +
        "device.attributes['gpu.nvidia.com'].productName.replace(' ', '-') in ['NVIDIA-A100-SXM4-80GB'] && " +
        "device.capacity['gpu.nvidia.com'].memory.compareTo(quantity('40000Mi')) >= 0",
    );
  });

  it('gives its pods their name, and the router their addresses', async () => {
    const objects = await renderPool({ ...A100, gpu: { ...A100.gpu, required: false }, modelMemoryMb: 512 });
    const pod = pods(objects).find(({ name }) => name === 'athanor-pool-p')!;
    expect(variables(pod)).toMatchObject({
      ATHANOR_POOL: 'p',
      ATHANOR_POOL_MODELS: '["digits@champion","faces"]',
      ATHANOR_GPU: 'preferred',
      ATHANOR_MODEL_MEMORY_MB: '512',
      ATHANOR_MAX_MESSAGE_BYTES: '67108864',
      ATHANOR_MESH_PORT: '8003',
      ATHANOR_REGISTRY_ADDRESS: 'athanor-registry.ml.svc.cluster.local:8033',
      ATHANOR_NATS_USER: 'inference',
      ATHANOR_NATS_PASSWORD: 'athanor-nats/inference-password',
    });
    expect(variables(pod)).not.toHaveProperty('ATHANOR_DATABASE_URL');
    const file = JSON.parse(find(objects, 'ConfigMap', 'athanor-pools').data['pools.json']);
    expect(file.pools).toEqual([
      { name: 'cpu', address: 'athanor-pool-cpu.ml.svc.cluster.local:8003', models: ['*'] },
      { name: 'p', address: 'athanor-pool-p.ml.svc.cluster.local:8003', models: A100.models },
    ]);
    const service = find(objects, 'Service', 'athanor-pool-p').spec;
    expect(service).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: false });
    expect(service.selector).toMatchObject({ 'athanor.dev/pool': 'p' });
  });

  it.each([
    ['none', undefined, { maxSurge: 1, maxUnavailable: 0 }],
    ['devicePlugin', undefined, { maxSurge: 0, maxUnavailable: 1 }],
    ['devicePlugin', 'surge', { maxSurge: 1, maxUnavailable: 0 }],
  ])('with gpu.mode %s and rollout %s has the strategy %o', async (mode, rollout, wanted) => {
    const pool = { image: mode === 'none' ? 'cpu' : 'cuda', gpu: { mode }, ...(rollout && { rollout }) };
    const { strategy } = find(await renderPool(pool), 'Deployment', 'athanor-pool-p').spec;
    expect(strategy.rollingUpdate).toEqual(wanted);
  });

  it('bug: old pods were gone before the router knew the new ones, because DNS caches absent records', async () => {
    const values = { 'inference.pools': { p: { lifecycle: { minReadySeconds: 65 } }, cpu: {} } };
    const objects = await render({ values });
    const pause = (name: string) => find(objects, 'Deployment', name).spec.minReadySeconds;
    // CoreDNS caches for 30 s.
    expect(pause('athanor-pool-cpu')).toBeGreaterThanOrEqual(30 + 5);
    expect(pause('athanor-pool-p')).toBe(65);
    expect(['athanor-router', 'athanor-registry'].map(pause)).toEqual([0, 0]);
  });

  it.each([
    ['hpa', 'HorizontalPodAutoscaler', 'ScaledObject'],
    ['keda', 'ScaledObject', 'HorizontalPodAutoscaler'],
  ])('with autoscaling %s has a %s, no %s and no number of replicas', async (mode, kind, other) => {
    const autoscaling = { mode, queueDepth: 8, prometheusAddress: 'http://prometheus:9090' };
    const objects = await renderPool({ autoscaling });
    expect(find(objects, kind, 'athanor-pool-p').spec.scaleTargetRef.name).toBe('athanor-pool-p');
    expect(ofKind(objects, other)).toEqual([]);
    expect(find(objects, 'Deployment', 'athanor-pool-p').spec).not.toHaveProperty('replicas');
    expect(find(objects, 'Deployment', 'athanor-pool-cpu').spec.replicas).toBe(2);
  });

  it('is reached directly if there is no router', async () => {
    const objects = await render({ values: { 'router.enabled': false } });
    const { spec } = find(objects, 'Service', 'athanor-inference');
    expect(spec.selector['athanor.dev/pool']).toBe('cpu');
    expect(spec.ports[0]).toMatchObject({ port: 8001, targetPort: 'public' });
    expect(objects.filter(({ metadata }) => metadata.name === 'athanor-router')).toEqual([]);
  });
});

describe.skipIf(absent)(`the Job of an attempt${absent ? ` (skipped: ${absent})` : ''}`, () => {
  const values = {
    'training.job': { image: 'cuda', queueName: 'gpus', gpu: A100.gpu, terminationGracePeriodSeconds: 90 },
  };

  it('has the complete pod template, and a volume for the work order', async () => {
    const objects = await render({ values });
    const job = JSON.parse(find(objects, 'ConfigMap', 'athanor-attempt-template').data['job.json']);
    expect(job.spec).toMatchObject({ suspend: true, backoffLimit: 0, ttlSecondsAfterFinished: 3600 });
    expect(job.metadata.labels).toMatchObject({
      'athanor.dev/release': 'athanor',
      'kueue.x-k8s.io/queue-name': 'gpus',
      'app.kubernetes.io/component': 'attempt',
    });
    const { spec } = job.spec.template;
    expect(spec).toMatchObject({ restartPolicy: 'Never', terminationGracePeriodSeconds: 90 });
    expect(spec.volumes.map((volume: { name: string }) => volume.name)).toEqual(['tmp', 'work-order']);
    expect(spec.containers[0]).toMatchObject({
      image: 'athanor/runner:0.1.0-cuda',
      args: ['services/training/dist/runner/main.js', '--work-order', '/var/run/athanor/work-order.json'],
      resources: { limits: { 'nvidia.com/gpu': 2 } },
    });
    expect(JSON.stringify(job), 'no secret but its own').not.toMatch(/secretKeyRef|mesh-secret|api-keys/);
  });

  it('restarts training when it changes', async () => {
    const checksum = async (job: unknown) =>
      find(await render({ values: { 'training.job': job } }), 'Deployment', 'athanor-training').spec.template.metadata
        .annotations['checksum/config'];
    expect(await checksum({ tmpSizeLimit: '3Gi' })).not.toBe(await checksum({ tmpSizeLimit: '4Gi' }));
  });

  it('is omitted for executor local, whose pod contains the runner', async () => {
    const objects = await render({ values: { 'training.executor': 'local', 'training.stopGraceMs': 60_000 } });
    const { spec } = find(objects, 'Deployment', 'athanor-training').spec.template;
    expect(spec.containers[0].image).toBe('athanor/runner:0.1.0');
    expect(spec.terminationGracePeriodSeconds).toBe(5 + 3 + 35 + 60 + 5);
    expect(objects.filter(({ metadata }) => metadata.name.includes('attempt'))).toEqual([]);
  });
});
