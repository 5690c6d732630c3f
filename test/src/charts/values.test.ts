import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TENANT_PERMISSIONS } from '@athanor/contracts';
import { describe, expect, it } from 'vitest';
import { isMap, parse, parseDocument, type YAMLMap } from 'yaml';
import { walk } from '../conformance/source-files.js';
import { runCommand } from '../mesh/run-athanor.js';
import { ROOT } from '../mesh/test-mesh.js';
import { CHART } from './render.js';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const templates = ['templates', 'charts/service/templates']
  .flatMap(folder => walk(join(CHART, folder)))
  .filter(path => /\.(tpl|yaml|txt)$/.test(path))
  .map(path => readFileSync(path, 'utf8'))
  .join('\n');

describe('values.yaml', () => {
  it('is described in the README, each value with its comment and type', async () => {
    const { code, stderr } = await runCommand(process.execPath, [join(ROOT, 'charts/values-table.mjs'), '--check']);
    expect(code, stderr).toBe(0);
  });

  it('has no value that no template uses', () => {
    const { contents } = parseDocument(read('charts/athanor/values.yaml'));
    const unused = leaves(contents as YAMLMap).filter(path => !isUsed(path));
    expect(unused).toEqual([]);
  });
});

describe('values.schema.json', () => {
  it('refuses unknown keys everywhere except in maps defined by Kubernetes', () => {
    const open = openObjects(JSON.parse(read('charts/athanor/values.schema.json')));
    // $defs/pod and $defs/tls are parts of closed ones.
    expect(open).toEqual([
      '/properties/networkPolicy/properties/extraEgress/items',
      '/properties/gateway/properties/parentRefs/items',
      '/properties/global',
      '/properties/service/properties/global',
      '/$defs/affinity/properties/nodeAffinity',
      '/$defs/affinity/properties/podAffinity',
      '/$defs/affinity/properties/podAntiAffinity',
      '/$defs/peers/items/properties/podSelector',
      '/$defs/peers/items/properties/namespaceSelector',
      '/$defs/peers/items/properties/ipBlock',
      '/$defs/pod',
      '/$defs/tls',
    ]);
  });
});

describe('duplicated information', () => {
  it('is equal: versions of package.json, chart and library', () => {
    const { version } = JSON.parse(read('package.json'));
    const chart = parse(read('charts/athanor/Chart.yaml'));
    const library = parse(read('charts/athanor/charts/service/Chart.yaml'));
    expect(chart.appVersion).toBe(version);
    expect(chart.dependencies).toEqual([{ name: library.name, version: library.version }]);
    expect(library.kubeVersion).toBe(chart.kubeVersion);
  });

  it('is equal: permissions of a tenant’s key', () => {
    const granted = parse(read('charts/athanor/files/tenant-permissions.yaml'));
    expect(granted).toEqual([...TENANT_PERMISSIONS].sort());
  });

  it('is equal: users of NATS and their permissions', async () => {
    const script = join(ROOT, 'deploy/values/nats-values.mjs');
    const { code, stderr } = await runCommand(process.execPath, [script, '--check']);
    expect(code, stderr).toBe(0);
  });
});

/** Paths of all values that are not maps, or maps without keys defined by the chart. */
function leaves(map: YAMLMap, parents: readonly string[] = []): string[] {
  return map.items.flatMap(({ key, value }) => {
    const path = [...parents, String(key)];
    return isMap(value) && value.flow !== true ? leaves(value, path) : [path.join('.')];
  });
}

/** Used by itself, or as part of a map that is used as a whole. */
function isUsed(path: string): boolean {
  const names = path.split('.');
  return names.some((name, index) => {
    const isOwn = index === names.length - 1;
    const use = isOwn ? `[. "]${name}\\b` : `toYaml [^}]*\\.${name}\\b`;
    return new RegExp(use).test(templates);
  });
}

// biome-ignore lint/suspicious/noExplicitAny: a JSON schema
function openObjects(schema: any, path = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const isOpen = schema.type === 'object' && schema.additionalProperties === undefined;
  const below = Object.entries(schema).flatMap(([name, child]) => openObjects(child, `${path}/${name}`));
  return [...(isOpen ? [path] : []), ...below];
}
