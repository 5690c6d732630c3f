import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../mesh/run-athanor.js';
import { type Cluster, openCluster } from './cluster.js';
import { DEPLOY_VALUES, find, type KubeObject, MINIMAL_VALUES, render, toManifest } from './render.js';
import { missing, TEST_BED, tools } from './tools.js';

const absent = missing('helm', 'kubectl', 'kubeconform', 'testBed');
// Kinds of third-party APIs, which a bare control plane does not have.
const FOREIGN = /^(cert-manager\.io|monitoring\.coreos\.com|keda\.sh|gateway\.networking\.k8s\.io)\//;
const isOwn = ({ apiVersion }: KubeObject) => !FOREIGN.test(apiVersion);

describe.skipIf(absent)(`an API server${absent ? ` (skipped: ${absent})` : ''}`, () => {
  let cluster: Cluster;
  let schemas: string;

  beforeAll(async () => {
    cluster = await openCluster();
    await cluster.createNamespace('ml');
    schemas = join(cluster.folder, 'schemas');
    const path = `${tools.testBed}:${process.env.PATH}`;
    const made = await runCommand('python3', [join(TEST_BED, 'schemas.py'), schemas], {
      env: { ...cluster.env, PATH: path },
    });
    if (made.code !== 0) throw new Error(made.stderr);
  });
  afterAll(() => cluster?.close());

  it.each([MINIMAL_VALUES, ...DEPLOY_VALUES].map(file => [basename(file), file] as const))(
    'validates every object of %s, and accepts it in a restricted namespace without a warning',
    async (_name, file) => {
      const objects = (await render({ files: [file] })).filter(isOwn);
      const manifest = join(cluster.folder, basename(file));
      await writeFile(manifest, toManifest(objects));
      const location = `${schemas}/{{.ResourceKind}}{{.KindSuffix}}.json`;
      const conform = await runCommand(tools.kubeconform!, ['-strict', '-schema-location', location, manifest]);
      expect(conform.code, conform.stdout + conform.stderr).toBe(0);
      const applied = await cluster.apply(objects, '--dry-run=server');
      expect(applied.code, applied.stderr).toBe(0);
      expect(applied.stderr).toBe('');
    },
  );

  it.each(['cpu', 'dra', 'kueue'])('accepts the Job of an attempt: %s', async kind => {
    const job = {
      cpu: {},
      dra: { image: 'cuda', gpu: { mode: 'dra', minMemoryMiB: 1024 } },
      kueue: { queueName: 'training' },
    }[kind];
    const config = find(await render({ values: { 'training.job': job } }), 'ConfigMap', 'athanor-attempt-template');
    const object = JSON.parse(config.data['job.json']) as KubeObject & { metadata: { name: string } };
    object.metadata.name = 'athanor-attempt-1';
    const applied = await cluster.apply([object], '--dry-run=server');
    expect(applied.code, applied.stderr).toBe(0);
    expect(applied.stderr).toBe('');
  });
});
