import { describe, expect, it } from 'vitest';
import { find, pods, render, variables } from './render.js';
import { missing, tools } from './tools.js';

const absent = missing('helm');

async function podOf(component: string, values: object, helm = tools.helms[0]!) {
  const all = pods(await render({ values, helm }));
  return all.find(({ name }) => name === `athanor-${component}`)!;
}

describe.skipIf(absent)(`the more specific value wins${absent ? ` (skipped: ${absent})` : ''}`, () => {
  it('bug: an empty variable did not override the chart’s own', async () => {
    const env = { ATHANOR_LOG_LEVEL: '', ATHANOR_DRAIN_DELAY_MS: '0' };
    expect(variables(await podOf('ingest', { 'ingest.env': env }))).toMatchObject(env);
  });

  it.each(tools.helms.map(helm => [helm.name, helm] as const))(
    'bug: a limit that was removed by null was kept below a larger request: %s',
    async (_name, helm) => {
      const resources = { requests: { memory: '4Gi' }, limits: { memory: null } };
      for (const [component, key] of [
        ['ingest', 'ingest.resources'],
        ['registry', 'defaults.resources'],
        ['registry', 'registry.resources'],
        ['pool-cpu', 'inference.defaults.resources'],
        ['pool-cpu', 'inference.pools.cpu.resources'],
        ['training', 'training.job.resources'],
      ] as const) {
        const objects = await render({ values: { [key]: resources }, helm });
        const spec =
          key === 'training.job.resources'
            ? JSON.parse(find(objects, 'ConfigMap', 'athanor-attempt-template').data['job.json']).spec.template.spec
            : pods(objects).find(({ name }) => name === `athanor-${component}`)!.spec;
        const given = spec.containers[0].resources;
        expect(given.requests.memory, key).toBe('4Gi');
        expect(given.limits?.memory, key).toBeUndefined();
      }
    },
  );

  it('bug: a pod’s label did not override the label of all objects', async () => {
    const values = {
      commonLabels: { team: 'platform', cost: 'shared' },
      'ingest.podLabels': { team: 'data', cost: '' },
    };
    expect((await podOf('ingest', values)).labels).toMatchObject({ team: 'data', cost: '' });
    const registry = await podOf('registry', values);
    expect(registry.labels).toMatchObject({ team: 'platform', cost: 'shared' });
  });

  it('labels that select the release’s pods cannot be overridden by values', async () => {
    const wrong = { 'app.kubernetes.io/component': 'mine', 'app.kubernetes.io/instance': 'mine' };
    const values = { commonLabels: wrong, 'defaults.podLabels': wrong, 'training.job.podLabels': wrong };
    const objects = await render({ values });
    for (const { labels } of pods(objects)) expect(labels['app.kubernetes.io/instance']).toBe('athanor');
    expect(find(objects, 'Deployment', 'athanor-ingest').metadata.labels).toMatchObject({
      'app.kubernetes.io/instance': 'athanor',
      'app.kubernetes.io/component': 'ingest',
    });
  });

  it('false and 0 of a service override the defaults of all', async () => {
    const values = { 'defaults.lifecycle.minReadySeconds': 7, 'ingest.lifecycle.minReadySeconds': 0 };
    const objects = await render({ values });
    const seconds = (name: string) => find(objects, 'Deployment', `athanor-${name}`).spec.minReadySeconds;
    expect([seconds('ingest'), seconds('registry')]).toEqual([0, 7]);
  });
});
