import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { SERVICE_LIST } from '@athanor/contracts';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../mesh/test-mesh.js';
import { DEPLOY_VALUES, MINIMAL_VALUES, pods, render, variables } from './render.js';
import { missing } from './tools.js';

const absent = missing('helm');
const FILES = [MINIMAL_VALUES, ...DEPLOY_VALUES].map(file => [basename(file), file] as const);
const shared = readFileSync(join(ROOT, 'libs/service/src/config/service-config.ts'), 'utf8');
const state = readFileSync(join(ROOT, 'libs/service/src/config/state-fields.ts'), 'utf8');

/** Keys of a service's configuration, parsed from its sources: all, and those that are required. */
function keysOf(service: string) {
  const own = readFileSync(join(ROOT, 'services', service, 'src/config.ts'), 'utf8');
  const events = state.slice(state.indexOf('export function eventFields'));
  const parts = [own, shared, own.includes('stateFields()') ? state : events];
  const fields = parts.flatMap(part => [...part.matchAll(/\b([A-Z][A-Z0-9_]+): (text\(\)(?:\.optional)?|\w)/g)]);
  const all = fields.map(([, key = '', value = '']) => ({ key, value }));
  return {
    all: new Set(all.map(({ key }) => `ATHANOR_${key}`)),
    required: new Set(all.filter(({ value }) => value === 'text()').map(({ key }) => `ATHANOR_${key}`)),
  };
}

describe.skipIf(absent)(`variables${absent ? ` (skipped: ${absent})` : ''}`, () => {
  it.each(FILES)("are keys of the service's configuration, and include all required ones: %s", async (_name, file) => {
    const checked = new Set<string>();
    for (const pod of pods(await render({ files: [file] }))) {
      const service = SERVICE_LIST.find(name => pod.spec.containers[0].args[0] === `services/${name}/dist/main.js`);
      if (service === undefined) continue;
      checked.add(service);
      const { all, required } = keysOf(service);
      const given = Object.keys(variables(pod)).filter(name => name.startsWith('ATHANOR_'));
      expect(
        given.filter(name => !all.has(name)),
        `${service} does not know`,
      ).toEqual([]);
      expect(
        [...required].filter(name => !given.includes(name)),
        `${service} needs`,
      ).toEqual([]);
    }
    expect(checked.size).toBeGreaterThanOrEqual(4);
  });

  it('bug: replicas of streams could not be configured, and were reset to one at each start', async () => {
    const given = async (values: object) =>
      pods(await render({ values })).flatMap(pod => {
        const copies = variables(pod).ATHANOR_NATS_STREAM_REPLICAS;
        return copies === undefined ? [] : [`${pod.name}: ${copies}`];
      });
    expect(await given({})).toEqual([]);
    const makers = ['ingest', 'registry', 'training'].map(name => `athanor-${name}: 3`);
    expect((await given({ 'nats.streamReplicas': 3 })).sort()).toEqual(makers);
  });

  it('limit imports of models as the registry does by default, or as the values say', async () => {
    const limits = async (values: object) => {
      const registry = pods(await render({ values })).find(({ name }) => name === 'athanor-registry')!;
      const {
        ATHANOR_MAX_MODEL_BYTES: bytes,
        ATHANOR_MAX_MODEL_IMPORTS: imports,
        ATHANOR_MODEL_IMPORT_DEADLINE_MS: deadlineMs,
      } = variables(registry);
      return [bytes, imports, deadlineMs];
    };
    expect(await limits({})).toEqual([String(4 * 2 ** 30), '2', '900000']);
    const registry = { maxModelBytes: 2 ** 33, maxModelImports: 1, modelImportDeadlineMs: 3_600_000 };
    expect(await limits({ registry })).toEqual([String(2 ** 33), '1', '3600000']);
  });
});
