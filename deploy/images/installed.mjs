// What of the installed workspace a set of packages needs: pnpm links every dependency, so the links are followed.
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/**
 * @param root the workspace, installed by pnpm with production dependencies only
 * @param packages folders in it; their dependencies are found
 * @param without names of packages that are left out, and with them what only they need
 * @returns sorted folders relative to `root`: workspace packages, and `node_modules/.pnpm/<id>` of registry packages;
 * and the links between them, as [path, target folder] relative to `root`
 */
export function reachable(root, packages, without) {
  const workspace = new Set();
  const store = new Set();
  const links = [];

  function visit(folder) {
    const target = relative(root, folder);
    const [top, dotPnpm, id] = target.split(sep);
    const isStored = top === 'node_modules' && dotPnpm === '.pnpm';
    const known = isStored ? store : workspace;
    const key = isStored ? join(top, dotPnpm, id) : target;
    if (known.has(key)) return;
    known.add(key);
    for (const link of linksIn(join(root, key, 'node_modules'))) {
      if (without.includes(link.name)) continue;
      const to = realpathSync(link.path);
      links.push([relative(root, link.path), relative(root, to)]);
      visit(to);
    }
  }

  for (const folder of packages) visit(realpathSync(join(root, folder)));
  const byPath = ([one], [other]) => (one < other ? -1 : 1);
  return { workspace: [...workspace].sort(), store: [...store].sort(), links: links.sort(byPath) };
}

/** The package itself in `node_modules/.pnpm/<id>`: the one folder in it that is no link. */
export function packageIn(storeFolder) {
  const modules = join(storeFolder, 'node_modules');
  const found = entries(modules).find(entry => entry.isDirectory);
  if (found === undefined) throw new Error(`no package in ${storeFolder}`);
  return found.path;
}

function linksIn(modules) {
  return existsSync(modules) ? entries(modules).filter(entry => !entry.isDirectory) : [];
}

/** Packages in a node_modules folder, scopes opened. */
function entries(modules) {
  return readdirSync(modules, { withFileTypes: true })
    .filter(entry => !entry.name.startsWith('.'))
    .flatMap(entry => {
      if (!entry.name.startsWith('@')) return [toEntry(modules, entry)];
      const scope = join(modules, entry.name);
      return readdirSync(scope, { withFileTypes: true }).map(inner => toEntry(scope, inner, `${entry.name}/`));
    });
}

function toEntry(folder, entry, scope = '') {
  return { name: scope + entry.name, path: join(folder, entry.name), isDirectory: entry.isDirectory() };
}
