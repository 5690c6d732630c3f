import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { SERVICE_LIST } from '@athanor/contracts';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../mesh/test-mesh.js';
import { resolveImport, type SourceFile, sourceFiles, walk } from './source-files.js';

// The rules of ARCHITECTURE.md that a program can check.

const files = sourceFiles();
// What the tests of one package share is in <name>.testkit.ts beside them; it is not built.
const production = files.filter(({ path }) => !/\.(test|testkit)\.ts$/.test(path) || path.startsWith('test/'));
const TRANSPORT_AND_SQL = /^(@grpc\/|@nats-io\/|kysely$|pg$|@electric-sql\/|@athanor\/(database|events|client)$)/;
const ADAPTER_FOLDERS = new Set(['rpc', 'transports', 'events', 'store', 'executors', 'runner', 'model-files']);
const FORBIDDEN_NAMES = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'misc', 'types', 'shared']);
const MAX_LINES = 260;

function violations(check: (file: SourceFile) => string[]): string[] {
  return production.flatMap(check);
}

describe('the tree', () => {
  it('has nothing named utils, helpers, common, misc, types or shared', () => {
    const named = ['libs', 'services', 'test'].flatMap(folder => walk(join(ROOT, folder)));
    expect(named.filter(path => FORBIDDEN_NAMES.has(basename(path).replace(/\.ts$/, '')))).toEqual([]);
  });

  it(`has no source file of more than ${MAX_LINES} lines`, () => {
    expect(violations(({ path, text }) => (text.split('\n').length > MAX_LINES ? [path] : []))).toEqual([]);
  });
});

describe('imports', () => {
  it('go from services to libs, never from a service to a service (control, which hosts three, excepted)', () => {
    const bad = violations(({ path, imports }) => {
      if (path.startsWith('test/') || path.startsWith('services/control/')) return [];
      const own = `@athanor/${path.split('/')[1]}`;
      return imports
        .filter(({ specifier }) => isService(specifier) && specifier !== own)
        .map(({ specifier }) => `${path} → ${specifier}`);
    });
    expect(bad).toEqual([]);
  });

  it('of domain folders import no transport and no SQL', () => {
    const bad = violations(({ path, imports }) => {
      const [top, , src, folder] = path.split('/');
      if (top !== 'services' || src !== 'src' || !path.split('/')[4] || ADAPTER_FOLDERS.has(folder ?? '')) return [];
      return imports
        .filter(({ specifier }) => TRANSPORT_AND_SQL.test(specifier) || specifier.startsWith('../rpc/'))
        .map(({ specifier }) => `${path} → ${specifier}`);
    });
    expect(bad).toEqual([]);
  });

  it('form no cycle between files, not even of types', () => {
    expect(findCycle(production)).toEqual([]);
  });

  it('stay inside their package, except for entry points', () => {
    const bad = violations(file =>
      file.imports
        .filter(
          ({ specifier }) =>
            specifier.startsWith('.') && packageOf(resolveImport(file, specifier)) !== packageOf(file.path),
        )
        .map(({ specifier }) => `${file.path} → ${specifier}`),
    );
    expect(bad).toEqual([]);
  });
});

describe('the environment', () => {
  it('is read in main.ts only', () => {
    const allowed = /(\/main\.ts|^libs\/testkit\/|^libs\/setup\/|^test\/)/;
    expect(violations(({ path, text }) => (/process\.env\b/.test(text) && !allowed.test(path) ? [path] : []))).toEqual(
      [],
    );
  });
});

describe('project references', () => {
  it('are those of package.json', () => {
    const packages = walk(ROOT).filter(
      path => basename(path) === 'package.json' && existsSync(path.replace('package.json', 'tsconfig.json')),
    );
    for (const path of packages.filter(each => each !== join(ROOT, 'package.json'))) {
      const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(path, 'utf8')) as Record<
        string,
        Record<string, string>
      >;
      const { references = [] } = JSON.parse(readFileSync(path.replace('package.json', 'tsconfig.json'), 'utf8')) as {
        references?: { path: string }[];
      };
      const wanted = Object.keys({ ...dependencies, ...devDependencies }).filter(name => name.startsWith('@athanor/'));
      expect(references.map(each => `@athanor/${basename(each.path)}`).sort(), path).toEqual(wanted.sort());
    }
  });
});

const SERVICE_PACKAGES = new Set([...SERVICE_LIST, 'control'].map(name => `@athanor/${name}`));

function isService(specifier: string): boolean {
  return SERVICE_PACKAGES.has(specifier);
}

function packageOf(path: string): string {
  return path.startsWith('test/') ? 'test' : path.split('/').slice(0, 2).join('/');
}

/** The files of one cycle of imports; empty if there is none. */
function findCycle(all: readonly SourceFile[]): string[] {
  const byPath = new Map(all.map(file => [file.path, file]));
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): string[] => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    const file = byPath.get(path);
    if (file === undefined || done.has(path)) return [];
    trail.push(path);
    for (const { specifier } of file.imports) {
      if (!specifier.startsWith('.')) continue;
      const cycle = visit(resolveImport(file, specifier));
      if (cycle.length > 0) return cycle;
    }
    trail.pop();
    done.add(path);
    return [];
  };
  for (const { path } of all) {
    const cycle = visit(path);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
