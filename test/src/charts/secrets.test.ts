import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { hashApiKey, parseKeysFile } from '@athanor/service';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { ROOT } from '../mesh/test-mesh.js';
import { DEPLOY_VALUES, find, type KubeObject, ofKind, pods, render, template, variables } from './render.js';
import { missing } from './tools.js';

const absent = missing('helm');

const content = (objects: KubeObject[], name: string, key: string) =>
  Buffer.from(find(objects, 'Secret', name).data[key], 'base64').toString();

describe.skipIf(absent)(`generated secrets${absent ? ` (skipped: ${absent})` : ''}`, () => {
  it('contain API keys that the services accept, and no service mounts the keys themselves', async () => {
    const objects = await render();
    const entries = parseKeysFile(content(objects, 'athanor-api-keys', 'api-keys.json'));
    const keys = ['api-key', 'helm-test-api-key'].map(key => content(objects, 'athanor-api-credentials', key));
    expect(entries.map(({ hash }) => hash)).toEqual(keys.map(hashApiKey));
    expect(entries.map(({ tenant }) => tenant)).toEqual(['default', 'athanor-helm-test']);
    expect(entries[0]?.permissions).not.toContain('attempts.run');
    const readers = pods(objects).filter(({ spec }) => JSON.stringify(spec).includes('athanor-api-credentials'));
    expect(readers.map(({ name }) => name)).toEqual(['athanor-smoke-test']);
  });

  it('have the API keys of the values beside their own', async () => {
    const entry = { id: '0a0b0c0d', hash: `sha256:${'0'.repeat(64)}`, tenant: 'acme', permissions: ['models.infer'] };
    const objects = await render({ values: { 'apiKeys.entries': [entry], 'tests.enabled': false } });
    const entries = parseKeysFile(content(objects, 'athanor-api-keys', 'api-keys.json'));
    expect(entries.map(({ tenant }) => tenant)).toEqual(['acme', 'default']);
  });

  it('have a mesh secret that is long enough', async () => {
    expect(content(await render(), 'athanor-mesh-secret', 'mesh-secret').length).toBeGreaterThanOrEqual(32);
  });

  it.each(['mesh', 'public'])(
    'have a %s certificate for every Service, by an authority whose key no pod has',
    async listener => {
      const objects = await render({ values: { 'tls.public.dnsNames': ['models.example.com'] } });
      const file = (key: string) => content(objects, `athanor-${listener}-tls`, key);
      const certificate = new X509Certificate(file('tls.crt'));
      expect(certificate.verify(new X509Certificate(file('ca.crt')).publicKey)).toBe(true);
      expect(() => createSecureContext({ cert: file('tls.crt'), key: file('tls.key') })).not.toThrow();
      for (const { metadata } of ofKind(objects, 'Service')) {
        const names = ['', '.ml', '.ml.svc', '.ml.svc.cluster.local'].map(end => `${metadata.name}${end}`);
        for (const name of names) expect(certificate.checkHost(name), name).toBe(name);
      }
      expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
      expect(certificate.checkHost('models.example.com') !== undefined).toBe(listener === 'public');
      expect(pods(objects).filter(({ spec }) => JSON.stringify(spec).includes('"athanor-ca"'))).toEqual([]);
    },
  );

  it('are kept when the release is uninstalled, if the values say so', async () => {
    const kept = ofKind(await render(), 'Secret');
    for (const { metadata } of kept) expect(metadata.annotations?.['helm.sh/resource-policy']).toBe('keep');
    const values = { 'secrets.keep': false, 'commonAnnotations.owner': 'ml' };
    for (const { metadata } of ofKind(await render({ values }), 'Secret')) {
      expect(metadata.annotations).not.toHaveProperty('helm.sh/resource-policy');
      expect(metadata.annotations).toHaveProperty('owner', 'ml');
    }
  });

  it('contain values given as strings', async () => {
    const values = {
      'nats.existingSecret.name': '',
      'nats.user': 'mesh',
      'nats.password': 'p',
      'database.existingSecret.name': '',
      'database.url': 'postgres://u:p@d/a',
    };
    const objects = await render({ values });
    expect(content(objects, 'athanor-database', 'url')).toBe('postgres://u:p@d/a');
    expect(content(objects, 'athanor-nats', 'password')).toBe('p');
    const ingest = pods(objects).find(({ name }) => name === 'athanor-ingest')!;
    expect(variables(ingest)).toMatchObject({
      ATHANOR_DATABASE_URL: 'athanor-database/url',
      ATHANOR_NATS_USER: 'athanor-nats/user',
      ATHANOR_NATS_PASSWORD: 'athanor-nats/password',
    });
  });

  it('are not created if all are given', async () => {
    const airGapped = DEPLOY_VALUES.filter(file => file.endsWith('air-gapped.yaml'));
    expect(ofKind(await render({ files: airGapped }), 'Secret')).toEqual([]);
  });
});

describe.skipIf(absent)(`GitOps${absent ? ` (skipped: ${absent})` : ''}`, () => {
  // biome-ignore lint/suspicious/noExplicitAny: objects of Argo CD and Flux, looked into by path
  const last = (path: string): any =>
    parseAllDocuments(readFileSync(join(ROOT, path), 'utf8'))
      .at(-1)
      ?.toJS({ maxAliasCount: 0 });

  it('by Argo CD renders the same each time, without random values', async () => {
    const values = last('deploy/argocd/application.yaml').spec.source.helm.valuesObject;
    const [first, second] = await Promise.all([template({ files: [], values }), template({ files: [], values })]);
    expect(first?.code, first?.stderr).toBe(0);
    expect(first?.stdout).toBe(second?.stdout);
  });

  it('by Flux renders', async () => {
    const values = last('deploy/flux/helmrelease.yaml').spec.values;
    expect(ofKind(await render({ files: [], values }), 'Certificate')).toHaveLength(2);
  });
});
