import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTelemetry } from '@athanor/service';
import { describe, expect, it } from 'vitest';
import { sourceFiles } from '../conformance/source-files.js';
import { ROOT } from '../mesh/test-mesh.js';
import { CHART, find, ofKind, render } from './render.js';
import { missing } from './tools.js';

const absent = missing('helm');
const values = {
  monitoring: {
    podMonitor: { enabled: true, labels: { release: 'prometheus' } },
    rules: { enabled: true, runbookBase: 'https://git.example.com/runbooks/' },
    dashboards: { enabled: true },
  },
};

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly gridPos: { readonly x: number; readonly y: number };
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

const folder = join(CHART, 'files/dashboards');
const dashboards = readdirSync(folder).map(name => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Dashboard);
const scraped = await scrapedNames();

describe.skipIf(absent)(`monitoring${absent ? ` (skipped: ${absent})` : ''}`, () => {
  it('uses existing metrics only, in every alert and dashboard', async () => {
    const expressions = [...(await alertExpressions()), ...panelExpressions()];
    const named = metricsOf(expressions);
    expect(named.length).toBeGreaterThan(expressions.length - 1);
    expect(named.filter(name => !scraped.has(name))).toEqual([]);
  });

  it('shows the metrics of every alert in a dashboard', async () => {
    const shown = new Set(metricsOf(panelExpressions()));
    expect(metricsOf(await alertExpressions()).filter(name => !shown.has(name))).toEqual([]);
  });

  it('bug: an alert for any increase missed the first event, with which the series begins', async () => {
    const first = (await alertExpressions()).flatMap(expression => {
      const [, metric, selector, time] = /increase\((\w+)(\{.*?\})\[(\w+)\]\)\) > 0/.exec(expression) ?? [];
      return metric === undefined ? [] : [{ expression, series: `${metric}${selector}`, time }];
    });
    expect(first.length).toBeGreaterThan(0);
    for (const { expression, series, time } of first) {
      expect(expression).toContain(`(${series} unless ${series} offset ${time})`);
    }
  });

  it('places the panels of a dashboard side by side, each with an id of its own', () => {
    for (const { panels } of dashboards) {
      const cells = panels.map(({ gridPos: { x, y } }) => `${x},${y}`);
      expect(new Set(cells).size).toBe(panels.length);
      expect(panels.map(({ id }) => id)).toEqual(panels.map((_, index) => index + 1));
    }
  });

  it('has a runbook for each alert, and an alert for each runbook', async () => {
    const { spec } = find(await render({ values }), 'PrometheusRule', 'athanor-alerts');
    const rules = spec.groups[0].rules as { alert: string; annotations: { runbook_url: string } }[];
    for (const { alert, annotations } of rules) {
      expect(annotations.runbook_url).toBe(`https://git.example.com/runbooks/${alert}.md`);
      expect(existsSync(join(ROOT, 'deploy/runbooks', `${alert}.md`)), alert).toBe(true);
    }
    const runbooks = readdirSync(join(ROOT, 'deploy/runbooks')).filter(name => name.startsWith('Athanor'));
    expect(runbooks).toHaveLength(rules.length);
  });

  it('scrapes the admin port of every pod, by labels that Prometheus selects', async () => {
    const monitor = find(await render({ values }), 'PodMonitor', 'athanor-pods');
    expect(monitor.metadata.labels).toMatchObject({ release: 'prometheus' });
    expect(monitor.spec.podMetricsEndpoints[0]).toMatchObject({ port: 'admin', path: '/metrics' });
  });

  it('is omitted if the cluster has no operator, and by default', async () => {
    const kinds = ['PodMonitor', 'PrometheusRule'];
    const without = await render({ values, apis: [] });
    expect(without.filter(({ kind }) => kinds.includes(kind))).toEqual([]);
    expect(ofKind(without, 'ConfigMap').filter(each => each.metadata.name.includes('dashboard'))).toHaveLength(2);
    expect((await render()).filter(({ kind }) => kinds.includes(kind))).toEqual([]);
  });
});

async function alertExpressions(): Promise<string[]> {
  const { spec } = find(await render({ values }), 'PrometheusRule', 'athanor-alerts');
  return (spec.groups[0].rules as { expr: string }[]).map(({ expr }) => expr);
}

function panelExpressions(): string[] {
  return dashboards.flatMap(({ panels }) => panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)));
}

const metricsOf = (expressions: readonly string[]): string[] =>
  expressions.flatMap(expression => expression.match(/\b(athanor|rpc_server)_\w+(?=\{)/g) ?? []);

/** Names of all instruments in the sources as the services' exporter writes them. */
async function scrapedNames(): Promise<Set<string>> {
  const { meter, metricsText } = createTelemetry({ service: 'test', logLevel: 'silent' });
  for (const { kind, name } of instruments()) {
    if (kind === 'counter') meter.createCounter(name).add(1);
    else if (kind === 'histogram') meter.createHistogram(name).record(1);
    else meter.createObservableGauge(name).addCallback(result => result.observe(1));
  }
  const lines = (await metricsText()).split('\n').filter(line => !line.startsWith('#'));
  return new Set(lines.map(line => line.split(/[{ ]/)[0]!));
}

function instruments(): { kind: string; name: string }[] {
  const made = /(counter|histogram|gauge)\(\s*'((?:athanor|rpc)[._][\w.]+)'/gi;
  return sourceFiles()
    .filter(({ path }) => !/test/.test(path))
    .flatMap(({ text }) => [...text.matchAll(made)])
    .map(([, kind = '', name = '']) => ({ kind: kind.toLowerCase(), name }));
}
