// Lays out what an image gets on top of its base, in folders that become layers:
//   assemble.mjs common OUT --base DIR    node, and the user in /etc/passwd (DIR is the base's root)
//   assemble.mjs control|runner OUT       OUT/node_modules (registry packages), OUT/app (ours)
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { IMAGES, isDevelopmentFile, isForeignBinary, PARTS, USER } from './contents.mjs';
import { packageIn, reachable } from './installed.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const { positionals, values } = parseArgs({ allowPositionals: true, options: { base: { type: 'string' } } });
const [image, out] = positionals;
if (image === 'common') assembleCommon();
else assembleImage(IMAGES[image]);

function assembleCommon() {
  copy(process.execPath, join(out, 'usr/local/bin/node'));
  appendLine('etc/passwd', `${USER.name}:x:${USER.id}:${USER.id}:${USER.name}:/tmp:/sbin/nologin`);
  appendLine('etc/group', `${USER.name}:x:${USER.id}:`);
}

/** The base's file, and one line more for the user where the base has none. */
function appendLine(path, line) {
  const before = join(values.base, path);
  const text = existsSync(before) ? readFileSync(before, 'utf8') : '';
  const known = text.split('\n').some(entry => entry.split(':')[2] === String(USER.id));
  write(path, known ? text : `${text}${line}\n`);
}

function assembleImage({ programs, without }) {
  const { workspace, store, links } = reachable(root, Object.values(programs), without);
  for (const folder of store) copyPackage(packageIn(join(root, folder)), path => join(out, path));
  for (const folder of workspace) {
    const parts = PARTS.map(part => join(root, folder, part)).filter(existsSync);
    for (const part of parts) copyPackage(part, path => join(out, 'app', path));
  }
  for (const [path, target] of links) link(path, target);
  copyPackage(join(root, 'protos'), path => join(out, 'app', path));
  copy(join(root, 'LICENSE'), join(out, 'app/LICENSE'));
  write('app/programs.json', `${JSON.stringify(Object.keys(programs))}\n`);
  for (const file of ['athanor', 'image.mjs']) copy(join(here, 'root', file), join(out, 'app', file));
}

function copyPackage(from, toOut) {
  const filter = path => !isDevelopmentFile(relative(root, path)) && !isForeignBinary(path);
  cpSync(from, toOut(relative(root, from)), { recursive: true, filter });
}

/** Links in the store belong to the layer of node_modules, those of our packages to ours. */
function link(path, target) {
  const at = path.startsWith('node_modules/') ? join(out, path) : join(out, 'app', path);
  mkdirSync(dirname(at), { recursive: true });
  symlinkSync(relative(dirname(path), target), at);
}

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
}

function write(path, text) {
  mkdirSync(dirname(join(out, path)), { recursive: true });
  writeFileSync(join(out, path), text);
}
