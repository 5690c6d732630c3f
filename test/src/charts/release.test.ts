import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, deploy, openCluster, runHelm } from './cluster.js';
import { CHART, MINIMAL_VALUES } from './render.js';
import { type Helm, missing, tools } from './tools.js';

const absent = missing('helm', 'kubectl', 'cluster');
// If there is none, a placeholder that names what is skipped.
const HELMS: readonly Helm[] = tools.helms.length > 0 ? tools.helms : [{ name: 'Helm', path: 'helm' }];
const VOLUMES = { 'blobs.mode': 'pvc', 'blobs.pvc.storageClassName': 'shared' };

describe.skipIf(absent)(`a release${absent ? ` (skipped: ${absent})` : ''}`, () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await openCluster();
  });
  afterAll(() => cluster?.close());

  describe.each(
    HELMS.map((helm, index) => [helm.name, { helm, namespace: `athanor-charts-${process.pid}-${index}` }] as const),
  )('by %s', (_name, { helm, namespace }) => {
    const run = (verb: 'install' | 'upgrade', values: Record<string, unknown> = {}) =>
      deploy(verb, { cluster, helm, namespace, values: { ...VOLUMES, ...values } });
    const helmDoes = (...args: string[]) => runHelm({ cluster, helm }, ...args, '-n', namespace);
    const secrets = async () => {
      const all = await cluster.get('secrets', '-n', namespace, '-l', 'app.kubernetes.io/name=athanor');
      return Object.fromEntries(all.map(({ metadata, data }) => [metadata.name, data as Record<string, string>]));
    };
    let installed: Awaited<ReturnType<typeof secrets>>;

    it('is installed, after a dry run that the server accepts', async () => {
      await cluster.createNamespace(namespace);
      await helmDoes('install', 'athanor', CHART, '-f', MINIMAL_VALUES, '--dry-run=server');
      expect(await cluster.get('deployments', '-n', namespace)).toEqual([]);
      const notes = await run('install');
      expect(notes).toMatch(/index \.data "api-key" \| base64decode/);
      expect(notes).toMatch(/helm -n \S+ test athanor --logs/);
      installed = await secrets();
      expect(Object.keys(installed).sort()).toEqual([
        'athanor-api-credentials',
        'athanor-api-keys',
        'athanor-ca',
        'athanor-mesh-secret',
        'athanor-mesh-tls',
        'athanor-public-tls',
      ]);
    });

    it('has the same secrets after an upgrade', async () => {
      await run('upgrade', { 'ingest.replicas': 3 });
      expect(await secrets()).toEqual(installed);
      expect(await replicas()).toBe(3);
    });

    it('has certificates for a new pool, by the same authority', async () => {
      await run('upgrade', { 'inference.pools': { cpu: {}, more: {} } });
      const { 'athanor-mesh-tls': tls, 'athanor-ca': ca, 'athanor-api-credentials': credentials } = await secrets();
      expect(ca).toEqual(installed['athanor-ca']);
      expect(credentials).toEqual(installed['athanor-api-credentials']);
      const certificate = new X509Certificate(decode(tls!['tls.crt']!));
      expect(certificate.checkHost('athanor-pool-more')).toBe('athanor-pool-more');
      expect(certificate.verify(new X509Certificate(decode(ca!['tls.crt']!)).publicKey)).toBe(true);
    });

    it('can be rolled back to an older revision', async () => {
      await helmDoes('rollback', 'athanor', '2');
      expect(await replicas()).toBe(3);
      expect(await cluster.get('deployments', '-n', namespace, '-l', 'athanor.dev/pool=more')).toEqual([]);
    });

    it('recreates a deleted secret, and restarts the pods that read it', async () => {
      const checksum = async () =>
        (await cluster.get('deployment', 'athanor-ingest', '-n', namespace))[0]?.spec.template.metadata.annotations[
          'checksum/mesh-secret'
        ];
      const before = await checksum();
      await cluster.kubectl('delete', 'secret', 'athanor-mesh-secret', '-n', namespace);
      await run('upgrade');
      expect((await secrets())['athanor-mesh-secret']).not.toEqual(installed['athanor-mesh-secret']);
      expect(await checksum()).not.toBe(before);
    });

    it('keeps only secrets and volumes, and reuses them', async () => {
      const before = await secrets();
      await helmDoes('uninstall', 'athanor');
      const kinds =
        'all,networkpolicies,poddisruptionbudgets,roles,rolebindings,configmaps,secrets,pvc,serviceaccounts';
      const left = await cluster.get(kinds, '-n', namespace, '-l', 'app.kubernetes.io/instance=athanor');
      const names = left.filter(({ kind }) => kind !== 'Pod' && kind !== 'ReplicaSet').map(each => each.metadata.name);
      expect(names.sort()).toEqual(
        ['ingest', 'registry', 'training']
          .map(name => `athanor-${name}-blobs`)
          .concat(Object.keys(before))
          .sort(),
      );
      await run('install');
      expect(await secrets()).toEqual(before);
    });

    it('keeps nothing if the values say so', async () => {
      await run('upgrade', { 'secrets.keep': false, 'blobs.pvc.keep': false });
      await helmDoes('uninstall', 'athanor');
      expect(await secrets()).toEqual({});
      const claims = await cluster.get('pvc', '-n', namespace);
      expect(claims.filter(({ metadata }) => !('deletionTimestamp' in metadata))).toEqual([]);
    });

    async function replicas(): Promise<number> {
      const [deployment] = await cluster.get('deployment', 'athanor-ingest', '-n', namespace);
      return deployment?.spec.replicas;
    }
  });
});

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}
