import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../mesh/run-athanor.js';
import { CHART, DEPLOY_VALUES, find, MINIMAL_VALUES, ofKind, render } from './render.js';
import { missing, tools } from './tools.js';

const absent = missing('helm');

describe.skipIf(absent)(`the chart renders${absent ? ` (skipped: ${absent})` : ''}`, () => {
  const cases = tools.helms.flatMap(helm => [MINIMAL_VALUES, ...DEPLOY_VALUES].map(file => ({ helm, file })));

  it.each(cases.map(each => [each.helm.name, basename(each.file), each] as const))(
    'by %s with %s, without a word of lint',
    async (_name, _file, { helm, file }) => {
      const lint = await runCommand(helm.path, ['lint', '--strict', CHART, '-f', file, '--kube-version', '1.35.0']);
      expect(lint.code, lint.stdout + lint.stderr).toBe(0);
      const objects = await render({ helm, files: [file] });
      expect(ofKind(objects, 'Deployment').length).toBeGreaterThanOrEqual(4);
    },
  );

  it('the same with every Helm version, except for random values', async () => {
    const rendered = await Promise.all(tools.helms.map(helm => render({ helm }).then(withoutChance)));
    for (const objects of rendered.slice(1)) expect(objects).toEqual(rendered[0]);
  });

  it('under names that begin with the release’s, so that two live in one namespace', async () => {
    const [a, b] = await Promise.all(['blue', 'green'].map(release => render({ release })));
    const names = (objects: typeof a) => objects!.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(names(a).filter(name => names(b).includes(name))).toEqual([]);
    for (const deployment of ofKind(b!, 'Deployment')) {
      expect(deployment.spec.selector.matchLabels['app.kubernetes.io/instance']).toBe('green');
      expect(deployment.spec.selector.matchLabels).not.toHaveProperty('helm.sh/chart');
    }
  });

  it('images by registry, tag and digest', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const image = { registry: 'registry.example.com/x', control: { digest }, runner: { tag: 'v9' } };
    const objects = await render({ values: { image } });
    const imageOf = (name: string) => find(objects, 'Deployment', name).spec.template.spec.containers[0].image;
    expect(imageOf('athanor-ingest')).toBe(`registry.example.com/x/athanor/control@${digest}`);
    expect(imageOf('athanor-pool-cpu')).toBe('registry.example.com/x/athanor/runner:v9');
  });

  it('pods that are not restarted by a new version of the chart alone', async () => {
    const labels = ofKind(await render(), 'Deployment').map(each => each.spec.template.metadata.labels);
    for (const each of labels) {
      expect(Object.keys(each)).not.toContain('helm.sh/chart');
      expect(Object.keys(each)).not.toContain('app.kubernetes.io/version');
    }
  });

  it('external Services with the public port only', async () => {
    const service = { type: 'LoadBalancer', annotations: { a: 'b' }, loadBalancerSourceRanges: ['192.0.2.0/24'] };
    const objects = await render({ values: { 'router.service': service, 'registry.service': service } });
    const outside = ofKind(objects, 'Service').filter(({ spec }) => spec.type !== 'ClusterIP' && !spec.clusterIP);
    expect(outside.map(({ metadata }) => metadata.name).sort()).toEqual([
      'athanor-inference-external',
      'athanor-registry-external',
    ]);
    for (const { metadata, spec } of outside) {
      expect(metadata.annotations).toEqual({ a: 'b' });
      expect(spec.ports).toHaveLength(1);
      expect(spec.ports[0].targetPort).toBe('public');
      expect(spec.loadBalancerSourceRanges).toEqual(['192.0.2.0/24']);
    }
  });

  it('a route for the Gateway API, where there is one', async () => {
    const values = { 'tls.public': { mode: 'disabled' }, gateway: { enabled: true, parentRefs: [{ name: 'edge' }] } };
    const route = find(await render({ values }), 'GRPCRoute', 'athanor-api');
    const backends = route.spec.rules.map((rule: { backendRefs: { name: string }[] }) => rule.backendRefs[0]?.name);
    expect(backends).toEqual(['athanor-inference', 'athanor-ingest', 'athanor-registry', 'athanor-training']);
    expect(ofKind(await render({ values, apis: [] }), 'GRPCRoute')).toEqual([]);
  });
});

async function withoutChance(objects: Awaited<ReturnType<typeof render>>) {
  const text = JSON.stringify(objects.filter(({ kind }) => kind !== 'Secret'));
  return JSON.parse(text.replaceAll(/"checksum\/mesh-secret":"\w+"/g, '"checksum/mesh-secret":""'));
}
