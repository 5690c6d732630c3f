// Checks what files other than TypeScript say about services against SERVICES.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  EVENT_CATALOGUE,
  type EventType,
  eventSource,
  PERMISSIONS,
  SERVICE_LIST,
  SERVICE_NAMES,
  SERVICES,
  servicePorts,
} from '@athanor/contracts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../mesh/test-mesh.js';

const { IMAGES } = (await import(join(ROOT, 'deploy/images/contents.mjs'))) as {
  IMAGES: Record<string, { programs: Record<string, string> }>;
};
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const folders = readdirSync(join(ROOT, 'services')).filter(name =>
  existsSync(join(ROOT, 'services', name, 'package.json')),
);

describe('the table of services', () => {
  it('has a row for each folder of services, except for the process that hosts three', () => {
    expect([...SERVICE_LIST, 'control'].sort()).toEqual(folders.sort());
  });

  it('has exactly one publisher for each event', () => {
    const published = SERVICE_LIST.flatMap(name => SERVICES[name].publishes as readonly EventType[]);
    expect(published.toSorted()).toEqual(Object.keys(EVENT_CATALOGUE).sort());
    expect(eventSource('model.alias.moved')).toBe('registry');
  });

  it('gives each gRPC service an owner, and services only permissions that exist', () => {
    expect(new Set(SERVICE_LIST.flatMap(name => SERVICES[name].serves))).toEqual(new Set(Object.keys(SERVICE_NAMES)));
    for (const name of SERVICE_LIST)
      expect(PERMISSIONS).toEqual(expect.arrayContaining([...SERVICES[name].permissions]));
  });

  it('has unique ports', () => {
    const ports = SERVICE_LIST.flatMap(name => Object.values(servicePorts(name)));
    expect(new Set(ports).size).toBe(ports.length);
  });
});

describe('what derives from it elsewhere', () => {
  it.each(SERVICE_LIST)('the image of %s has its program', name => {
    expect(IMAGES[SERVICES[name].image]?.programs).toHaveProperty([`services/${name}/dist/main.js`]);
  });

  it('no image has a program of a service assigned to another image', () => {
    for (const [image, { programs }] of Object.entries(IMAGES)) {
      const mains = Object.keys(programs).flatMap(path => /^services\/(\w+)\/dist\/main\.js$/.exec(path)?.[1] ?? []);
      expect(mains.toSorted()).toEqual(SERVICE_LIST.filter(name => SERVICES[name].image === image).sort());
    }
  });

  it('the chart has a folder and the ports of each', () => {
    const template = read('charts/athanor/templates/_names.tpl');
    const [, ports = ''] = /define "athanor.ports" -}}\n([\s\S]*?){{- end/.exec(template) ?? [];
    const given = parse(ports) as Record<string, Record<string, number>>;
    expect(Object.keys(given).sort()).toEqual([...SERVICE_LIST].sort());
    for (const name of SERVICE_LIST) {
      expect(servicePorts(name)).toMatchObject(given[name] ?? {});
      expect(existsSync(join(ROOT, 'charts/athanor/templates', name)), name).toBe(true);
    }
  });

  it('each has the same skeleton', () => {
    for (const service of SERVICE_LIST) {
      // The data plane has several transports, of which gRPC is one.
      const rpc = service === 'inference' ? 'src/transports/grpc' : 'src/rpc';
      for (const name of ['src/main.ts', 'src/config.ts', 'src/app.ts', 'src/index.ts', rpc, 'README.md']) {
        expect(existsSync(join(ROOT, 'services', service, name)), `services/${service}/${name}`).toBe(true);
      }
    }
  });
});
