// The bill of materials of an image, CycloneDX 1.6 as JSON on standard output, equal for equal input:
//   sbom.mjs control|runner --base DIR --version VERSION [--cuda DIR]
// npm packages as they are installed, Debian packages of the base, node, and the CUDA wheels.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { IMAGES } from './contents.mjs';
import { packageIn, reachable } from './installed.mjs';

const root = join(import.meta.dirname, '../..');
const { parse: parseYaml } = createRequire(join(root, 'libs/cli/package.json'))('yaml');
const lockfile = parseYaml(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8'));
const options = { base: { type: 'string' }, cuda: { type: 'string' }, version: { type: 'string' } };
const { positionals, values } = parseArgs({ allowPositionals: true, options });
const [image] = positionals;

const { programs, without } = IMAGES[image];
const packages = Object.values(programs);
const { workspace, store, links } = reachable(root, packages, without);
const npm = new Map([
  ...workspace.map(folder => [folder, toWorkspaceComponent(readJson(join(root, folder, 'package.json')))]),
  ...store.map(folder => [folder, toNpmComponent(readJson(join(packageIn(join(root, folder)), 'package.json')))]),
]);
const others = [toNodeComponent(), ...debianComponents(values.base), ...cudaComponents(values.cuda)];
const name = `athanor/${image}`;
const purl = `pkg:oci/${image}?repository_url=${encodeURIComponent(name)}&tag=${values.version}`;
const subject = { type: 'container', 'bom-ref': purl, name, version: values.version, purl };
const bom = {
  $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  version: 1,
  metadata: { component: { ...subject, licenses: toLicenses('Apache-2.0') } },
  components: [...npm.values(), ...others].sort((one, other) => (one['bom-ref'] < other['bom-ref'] ? -1 : 1)),
  dependencies: toDependencies(),
};
const document = { ...bom, serialNumber: toSerialNumber(JSON.stringify(bom)) };
process.stdout.write(`${JSON.stringify(document, null, 1)}\n`);

function toWorkspaceComponent({ name, version, license }) {
  return { type: 'library', 'bom-ref': `workspace:${name}@${version}`, name, version, licenses: toLicenses(license) };
}

function toNpmComponent({ name, version, license }) {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const component = {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    purl,
    licenses: toLicenses(license?.type ?? license),
  };
  const integrity = readIntegrity(`${name}@${version}`);
  return integrity === undefined ? component : { ...component, hashes: [integrity] };
}

/** The lockfile's `sha512-<base64>`. */
function readIntegrity(id) {
  const [algorithm, base64] = lockfile.packages[id]?.resolution.integrity?.split(/-(.*)/) ?? [];
  if (algorithm !== 'sha512') return undefined;
  return { alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') };
}

function toNodeComponent() {
  const version = process.versions.node;
  const purl = `pkg:generic/node@${version}`;
  const cpe = `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`;
  const content = createHash('sha256').update(readFileSync(process.execPath)).digest('hex');
  const hashes = [{ alg: 'SHA-256', content }];
  return { type: 'platform', 'bom-ref': purl, name: 'node', version, cpe, purl, hashes, licenses: toLicenses('MIT') };
}

/** dpkg's database, or one file a package in images that have no dpkg. */
function debianComponents(base) {
  const one = join(base, 'var/lib/dpkg/status');
  const many = join(base, 'var/lib/dpkg/status.d');
  const files = existsSync(many) ? readdirSync(many).map(file => join(many, file)) : [one].filter(existsSync);
  return files
    .flatMap(file => readFileSync(file, 'utf8').split(/\n\n+/))
    .map(text => Object.fromEntries([...text.matchAll(/^(\w+): (.*)$/gm)].map(([, key, value]) => [key, value])))
    .filter(fields => fields.Package !== undefined && fields.Version !== undefined)
    .map(({ Package, Version, Architecture }) => {
      const purl = `pkg:deb/debian/${Package}@${encodeURIComponent(Version)}?arch=${Architecture}`;
      return { type: 'library', 'bom-ref': purl, name: Package, version: Version, purl };
    });
}

function cudaComponents(cuda) {
  if (cuda === undefined) return [];
  return readJson(join(cuda, 'wheels.json')).map(({ name, version, license, sha256 }) => {
    const purl = `pkg:pypi/${name}@${version}`;
    const hashes = [{ alg: 'SHA-256', content: sha256 }];
    return { type: 'library', 'bom-ref': purl, name, version, purl, hashes, licenses: toLicenses(license) };
  });
}

function toLicenses(text) {
  if (typeof text !== 'string') return [];
  if (/ (OR|AND|WITH) |^LicenseRef-/.test(text)) return [{ expression: text }];
  if (/^[\w.+-]+$/.test(text) && text !== 'UNLICENSED') return [{ license: { id: text } }];
  return [{ license: { name: text } }];
}

/** The image depends on its programs and what is beside them; npm packages depend on what pnpm has linked them to. */
function toDependencies() {
  const refOf = folder => npm.get(folder)['bom-ref'];
  const ownerOf = path => /^node_modules\/\.pnpm\/[^/]+|^[^/]+\/[^/]+/.exec(path)[0];
  const targets = new Map([...npm.keys()].map(folder => [folder, new Set()]));
  for (const [path, target] of links) targets.get(ownerOf(path)).add(refOf(ownerOf(target)));
  const top = [...packages.map(refOf), ...others.map(component => component['bom-ref'])].sort();
  const edges = [...targets].map(([folder, refs]) => ({ ref: refOf(folder), dependsOn: [...refs].sort() }));
  return [{ ref: purl, dependsOn: top }, ...edges];
}

/** A UUID that follows from the content (RFC 9562, version 8). */
function toSerialNumber(content) {
  const hex = createHash('sha256').update(content).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return `urn:uuid:${parts.join('-')}`;
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
