import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../mesh/test-mesh.js';
import { sourceFiles, walk } from './source-files.js';

// What the tests of one package share is `<name>.testkit.ts` beside them; what other packages' tests import is `src/testing`,
// a sub-path of its own. Production code imports neither, and no image has them.

const { isDevelopmentFile } = (await import(join(ROOT, 'deploy/images/contents.mjs'))) as {
  isDevelopmentFile: (path: string) => boolean;
};
const files = sourceFiles().filter(({ path }) => !path.startsWith('test/'));

describe('test support', () => {
  it('is named <name>.testkit.ts', () => {
    const otherwise = files.filter(({ path }) =>
      /\/src\/(?!testing\/)(.*\/)?(test-[^/]*|fixtures\/.*)\.ts$/.test(path),
    );
    expect(otherwise.map(({ path }) => path)).toEqual([]);
  });

  it('is imported by test support and tests only', () => {
    const isSupport = /\.testkit\.js$|\/testing(\/[^/]*\.js)?$|^@athanor\/testkit$/;
    const bad = files
      .filter(({ path }) => !/\.(test|testkit)\.ts$|\/src\/testing\/|^libs\/testkit\//.test(path))
      .flatMap(({ path, imports }) => imports.map(({ specifier }) => ({ path, specifier })))
      .filter(({ specifier }) => isSupport.test(specifier));
    expect(bad).toEqual([]);
  });

  it('is not compiled into dist', () => {
    for (const folder of packages()) {
      const { exclude } = JSON.parse(readFileSync(join(folder, 'tsconfig.json'), 'utf8')) as { exclude?: string[] };
      expect(exclude, folder).toEqual(['src/**/*.test.ts', 'src/**/*.testkit.ts']);
      const built = existsSync(join(folder, 'dist')) ? walk(join(folder, 'dist')) : [];
      expect(built.filter(path => /\.(test|testkit)\./.test(path))).toEqual([]);
    }
  });

  it('is in no image', () => {
    expect(isDevelopmentFile('libs/service/dist/testing/index.js')).toBe(true);
    expect(isDevelopmentFile('libs/service/dist/index.js')).toBe(false);
  });
});

function packages(): string[] {
  return ['libs', 'services']
    .flatMap(folder => walk(join(ROOT, folder)))
    .filter(path => existsSync(join(path, 'tsconfig.json')));
}
