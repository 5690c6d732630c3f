import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AthanorClient } from '@athanor/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { MNIST } from '../mesh/mnist.js';
import { runAthanor } from '../mesh/run-athanor.js';
import { NAMESPACE, RELEASE, unavailable } from './cluster.js';
import { list } from './kubectl.js';
import { connectTo, type ExternalAccess, helm, podsOf, readExternalAccess } from './release.js';

describe.skipIf(unavailable !== undefined)(
  `the main job on a cluster${unavailable ? ` (skipped: ${unavailable})` : ''}`,
  () => {
    let access: ExternalAccess;
    let client: AthanorClient;
    let env: Record<string, string>;

    beforeAll(async () => {
      access = await readExternalAccess();
      client = connectTo(access);
      const folder = await mkdtemp(join(tmpdir(), 'athanor-context-'));
      env = { HOME: folder, ATHANOR_CONFIG: join(folder, 'contexts.json') };
      await writeFile(join(folder, 'key'), access.apiKey);
      const { ingest, training, registry, inference } = access.addresses;
      const addresses = ['--ingest', ingest, '--training', training, '--registry', registry, '--inference', inference];
      const keys = ['--api-key-file', join(folder, 'key'), '--ca-file', access.caFile];
      await athanor('context', 'set', 'cluster', ...addresses, ...keys, '--release', RELEASE, '--namespace', NAMESPACE);
    });
    afterAll(() => client?.close());

    async function athanor(...args: string[]): Promise<string> {
      const { code, stdout, stderr } = await runAthanor(args, { env });
      expect(code, `athanor ${args.join(' ')}\n${stderr}${stdout}`).toBe(0);
      return stdout;
    }

    it('runs from outside with the command line, from raw files to a prediction by a pod, with a Job per attempt', async () => {
      const begun = performance.now();
      const mesh = ['--context', 'cluster'];
      await athanor(...mesh, 'dataset', 'import', 'mnist', MNIST);
      await athanor(
        ...mesh,
        'train',
        '--dataset',
        'mnist',
        '--name',
        'mnist',
        '--model',
        'mlp',
        '--model.hidden',
        '64,64',
        '--epochs',
        '2',
        '--wait',
      );
      const jobs = await list('jobs', { namespace: NAMESPACE, selector: 'athanor.dev/attempt' });
      expect(jobs.length).toBeGreaterThan(0);
      await athanor(...mesh, 'model', 'promote', 'mnist', '1', '--alias', 'champion');
      await athanor(...mesh, 'deployment', 'set', 'mnist');
      const infer = ['infer', 'mnist', '--idx', join(MNIST, 't10k-images-idx3-ubyte'), '--row', '0', '-o', 'json'];
      await expect
        .poll(() => runAthanor([...mesh, ...infer], { env }).then(({ code }) => code), {
          timeout: 60_000,
          interval: 500,
        })
        .toBe(0);
      const answer = JSON.parse(await athanor(...mesh, ...infer)) as { outputs: { name: string; data: number[] }[] };
      const probabilities = answer.outputs.find(({ name }) => name === 'probabilities')!.data;
      // The first image of MNIST's test split is a seven.
      expect(probabilities.indexOf(Math.max(...probabilities))).toBe(7);
      const lineage = await athanor(...mesh, 'lineage', 'mnist@champion');
      expect(lineage).toContain('train-images-idx3-ubyte');
      const seconds = (performance.now() - begun) / 1000;
      process.stdout.write(
        `install ${inject('installSeconds').toFixed(1)} s, raw files to prediction ${seconds.toFixed(1)} s\n`,
      );
    }, 300_000);

    it('shows its services and pods by athanor status', async () => {
      const status = await athanor('--context', 'cluster', 'status');
      for (const service of ['ingest', 'training', 'registry', 'inference'])
        expect(status).toMatch(new RegExp(`${service}\\s.*\\syes`));
      expect(status).toMatch(/mesh-athanor-router-\S+\s.*Ready/);
    });

    it('passes helm test: a tiny job in a tenant of its own', async () => {
      expect(await helm('test', RELEASE, '--timeout', '180s')).toMatch(/Phase:\s+Succeeded/);
    }, 200_000);

    it('refuses callers without a credential and without TLS', async () => {
      const stranger = connectTo({ ...access, apiKey: `athanor_00000000_${'x'.repeat(43)}` });
      await expect(stranger.registry.listModels({})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
      await expect(stranger.inference.modelMetadata({ name: 'mnist' })).rejects.toMatchObject({
        code: 'UNAUTHENTICATED',
      });
      stranger.close();
    });

    it('gives only training’s pod a service account token, and passes secrets by reference only', async () => {
      for (const component of ['ingest', 'registry', 'router', 'inference', 'training']) {
        const [pod] = await podsOf(component);
        expect(pod?.spec.automountServiceAccountToken, component).toBe(component === 'training');
        const containers = pod?.spec.containers as { env: { name: string; value?: string }[] }[];
        const secrets = containers
          .flatMap(({ env }) => env)
          .filter(({ name }) => /PASSWORD|DATABASE_URL|ACCESS_KEY|API_KEY$/.test(name));
        expect(secrets.length, component).toBeGreaterThan(0);
        for (const { name, value } of secrets) expect(value, name).toBeUndefined();
      }
    });
  },
);
