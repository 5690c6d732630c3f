import { describe, expect, it } from 'vitest';
import { DEPLOY_VALUES, find, type KubeObject, ofKind, pods, render } from './render.js';
import { missing } from './tools.js';

const absent = missing('helm');

interface Rule {
  readonly ports: { readonly port: number }[];
  readonly from?: Peer[];
  readonly to?: Peer[];
}
interface Peer {
  readonly podSelector?: { readonly matchLabels: Record<string, string> };
}

describe.skipIf(absent)(`network policies${absent ? ` (skipped: ${absent})` : ''}`, () => {
  it('allow exactly the mesh’s connections, at both ends', async () => {
    const objects = await render();
    const wanted = [
      'attempt → training:8021',
      'inference → registry:8033',
      'registry → ingest:8013',
      'registry → training:8023',
      'router → inference:8003',
      'router → registry:8033',
      'smoke-test → ingest:8011',
      'smoke-test → registry:8031',
      'smoke-test → router:8051',
      'smoke-test → training:8021',
      'training → ingest:8013',
      'training → registry:8033',
    ];
    expect(edges(objects, 'egress')).toEqual(wanted);
    expect(edges(objects, 'ingress')).toEqual(wanted);
  });

  it('allow the single pool if there is no router', async () => {
    const values = { 'router.enabled': false, 'training.executor': 'local' };
    const objects = await render({ values });
    expect(edges(objects, 'egress')).toEqual(edges(objects, 'ingress'));
    expect(edges(objects, 'egress')).toContain('smoke-test → inference:8001');
    expect(edges(objects, 'egress').filter(edge => edge.includes('router'))).toEqual([]);
  });

  it('deny everything else, for every pod of the release', async () => {
    const objects = await render();
    const deny = find(objects, 'NetworkPolicy', 'athanor-default-deny');
    expect(deny.spec).not.toHaveProperty('ingress');
    expect(deny.spec.policyTypes).toEqual(['Ingress', 'Egress']);
    for (const { labels, name } of pods(objects)) {
      expect(matches(deny.spec.podSelector.matchLabels, labels), name).toBe(true);
      const own = ofKind(objects, 'NetworkPolicy').filter(each => matches(each.spec.podSelector.matchLabels, labels));
      expect(own.length, `${name} has a policy of its own`).toBe(2);
    }
  });

  it('let an attempt reach training and DNS only', async () => {
    const { spec } = find(await render(), 'NetworkPolicy', 'athanor-attempt');
    expect(spec.ingress).toEqual([]);
    expect(spec.egress.map((rule: Rule) => rule.ports.map(({ port }) => port))).toEqual([[53, 53], [8021]]);
  });

  it('allow egress to NATS, PostgreSQL, S3 and the API server only where it is needed', async () => {
    const objects = await render({ values: { 'runtime.otlpEndpoint': 'http://collector:4317' } });
    const reach = (port: number) =>
      ofKind(objects, 'NetworkPolicy')
        .filter(each => (each.spec.egress ?? []).some((rule: Rule) => rule.ports.some(at => at.port === port)))
        .map(each => each.metadata.name.replace('athanor-', ''));
    expect(reach(4222)).toEqual(['inference', 'ingest', 'registry', 'router', 'training']);
    expect(reach(5432)).toEqual(['ingest', 'registry', 'training']);
    expect(reach(443)).toEqual(['ingest', 'registry', 'training']);
    expect(reach(6443)).toEqual(['training']);
    expect(reach(4317)).toEqual(['inference', 'ingest', 'registry', 'router', 'training']);
  });

  it('contain the peers of the values', async () => {
    const airGapped = DEPLOY_VALUES.filter(file => file.endsWith('air-gapped.yaml'));
    const { spec } = find(await render({ files: airGapped }), 'NetworkPolicy', 'athanor-ingest');
    const toEverywhere = spec.egress.filter((rule: Rule) => rule.to === undefined);
    const fromEverywhere = spec.ingress.filter((rule: Rule) => rule.from === undefined);
    expect([toEverywhere, fromEverywhere]).toEqual([[], []]);
  });

  it('can be disabled', async () => {
    expect(ofKind(await render({ values: { 'networkPolicy.enabled': false } }), 'NetworkPolicy')).toEqual([]);
  });
});

/** "from → to:port" between components, as given by one direction of the policies. */
function edges(objects: readonly KubeObject[], direction: 'ingress' | 'egress'): string[] {
  const found = ofKind(objects, 'NetworkPolicy').flatMap(policy =>
    ((policy.spec[direction] ?? []) as Rule[]).flatMap(rule =>
      (rule.from ?? rule.to ?? []).flatMap(peer => {
        const other = peer.podSelector?.matchLabels['app.kubernetes.io/component'];
        const own = policy.spec.podSelector.matchLabels['app.kubernetes.io/component'];
        if (other === undefined) return [];
        const [from, to] = direction === 'egress' ? [own, other] : [other, own];
        return rule.ports.map(({ port }) => `${from} → ${to}:${port}`);
      }),
    ),
  );
  return found.sort();
}

function matches(selector: Record<string, string>, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector).every(([name, value]) => labels[name] === value);
}
