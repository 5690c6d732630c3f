import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { ROOT } from '../mesh/test-mesh.js';

/** One of our TypeScript files. */
export interface SourceFile {
  /** Relative to the root, for example "services/ingest/src/app.ts". */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly { readonly specifier: string; readonly typeOnly: boolean }[];
}

const SKIPPED = new Set(['node_modules', 'dist', 'gen', '.git', '.cache', '.athanor']);
const IMPORT = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?from\s+)?'([^']+)'/gm;

export function sourceFiles(): SourceFile[] {
  return ['libs', 'services', 'test']
    .flatMap(folder => walk(join(ROOT, folder)))
    .filter(path => path.endsWith('.ts'))
    .map(path => {
      const text = readFileSync(path, 'utf8');
      const imports = [...text.matchAll(IMPORT)].map(([, type, specifier = '']) => ({
        specifier,
        typeOnly: type !== undefined,
      }));
      return { path: relative(ROOT, path), text, imports };
    });
}

/** All of our files and folders below a folder. */
export function walk(folder: string): string[] {
  return readdirSync(folder).flatMap(name => {
    if (SKIPPED.has(name)) return [];
    const path = join(folder, name);
    return statSync(path).isDirectory() ? [path, ...walk(path)] : [path];
  });
}

/** The file of a relative import, relative to the root. */
export function resolveImport(file: SourceFile, specifier: string): string {
  return relative(ROOT, resolve(ROOT, dirname(file.path), specifier.replace(/\.js$/, '.ts')));
}
