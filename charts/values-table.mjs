// Writes the table of values into charts/athanor/README.md, from the comments of values.yaml and the types of its schema.
// "--check" writes nothing and fails when the README is not up to date. A value without comment or schema is an error.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { isMap, parseDocument } = createRequire(new URL('../test/package.json', import.meta.url))('yaml');

const CHART = fileURLToPath(new URL('athanor/', import.meta.url));
const README = join(CHART, 'README.md');
const MARKS = ['<!-- values: begin, by node charts/values-table.mjs -->', '<!-- values: end -->'];
const SCHEMA = JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8'));
// Maps of Kubernetes' own shape: one comment says it all.
const OPAQUE = new Set(['resources', 'requests', 'limits', 'dns.to']);

const problems = [];
const rows = [...values(parseDocument(readFileSync(join(CHART, 'values.yaml'), 'utf8')).contents, [], SCHEMA)];
for (const { path, comment, schema } of rows) {
  if (comment === '') problems.push(`${path}: no comment in values.yaml`);
  if (schema === undefined) problems.push(`${path}: not in values.schema.json`);
}
const table = rows.filter(row => row.isLeaf).map(toLine);
const lines = ['| value | meaning | type | default |', '|---|---|---|---|', ...table].join('\n');
const old = readFileSync(README, 'utf8');
const [head, rest = ''] = old.split(MARKS[0]);
const next = `${head}${MARKS[0]}\n\n${lines}\n\n${MARKS[1]}${rest.split(MARKS[1])[1] ?? '\n'}`;
if (next !== old && process.argv.includes('--check')) problems.push('README.md: run node charts/values-table.mjs');
else if (next !== old) writeFileSync(README, next);
if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exitCode = 1;
}

/** Every key of values.yaml with its comment and schema. */
function* values(map, parents, schema) {
  for (const [index, { key, value }] of map.items.entries()) {
    const path = [...parents, key.value];
    const own = resolve(schema)?.properties?.[key.value];
    // The comment above a map's first key belongs to the map in the parser's eyes.
    const comment = key.commentBefore ?? (index === 0 ? map.commentBefore : undefined) ?? '';
    const isLeaf = !isMap(value) || value.flow === true || OPAQUE.has(key.value);
    yield { path: path.join('.'), comment: lastParagraph(comment), schema: own, value, isLeaf };
    if (!isLeaf) yield* values(value, path, own);
  }
}

function resolve(schema) {
  if (schema?.$ref === undefined) return schema;
  const target = schema.$ref.slice(2).split('/');
  return resolve(target.reduce((at, name) => at[name], SCHEMA));
}

function lastParagraph(comment) {
  const paragraph = comment.split(/\n\s*\n/).at(-1);
  return paragraph.replace(/\s+/g, ' ').trim();
}

function toLine({ path, comment, schema, value }) {
  const fallback = JSON.stringify(value.toJSON());
  return `| \`${path}\` | ${escapeCell(comment)} | ${escapeCell(typeOf(resolve(schema)))} | \`${escapeCell(fallback)}\` |`;
}

function typeOf(schema) {
  if (schema?.enum !== undefined) return schema.enum.map(each => (each === '' ? '""' : each)).join(', ');
  return [schema?.type ?? 'any'].flat().join(' or ');
}

function escapeCell(text) {
  return text.replaceAll('|', '\\|');
}
