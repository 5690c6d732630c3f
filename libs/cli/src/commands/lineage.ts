import type { AthanorClient } from '@athanor/client';
import type { LineageEdge, LineageNode } from '@athanor/contracts/registry';
import type { Command } from 'commander';
import { findVersion } from '../model/find-version.js';
import { shortDigest } from '../output/render.js';
import { type CliEnvironment, commandContext, withClient } from './command-context.js';

export interface Lineage {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
}

export function addLineageCommand(program: Command, cli: CliEnvironment): void {
  program
    .command('lineage <version>')
    .description('trace a version back to the uploaded bytes; <version> is model@alias, model:number or sha256:…')
    .addHelpText(
      'after',
      '\nExamples:\n  athanor lineage digits@champion\n  athanor lineage digits:1\n  athanor lineage sha256:… (from a prediction)',
    )
    .action(async (reference: string, _options: unknown, command: Command) => {
      const context = commandContext(cli, command);
      const lineage = await withClient(context, async client =>
        client.registry.getLineage(await resolveVersion(client, reference)),
      );
      context.show({ value: lineage, text: () => lineageText(lineage) });
    });
}

async function resolveVersion(client: AthanorClient, reference: string) {
  // A digest alone means every model with that training.
  if (reference.startsWith('sha256:')) return { versionDigest: reference };
  const { digest: versionDigest, modelName } = await findVersion(client, reference, ' or sha256:…');
  return { versionDigest, modelName };
}

const IMPORTED = 'imported_from';

/** The files of each import, by "imported from ./model.onnx, by key:1, at …". */
function importsOf(edges: readonly LineageEdge[]): Map<string, string[]> {
  const imports = new Map<string, string[]>();
  for (const { relation, attributes, to } of edges) {
    if (relation !== IMPORTED) continue;
    const { source = '', actor = '', time = '' } = attributes;
    const origin = `imported from ${source}, by ${actor}, at ${time.replace(/\.\d+Z$/, 'Z')}`;
    imports.set(origin, [...(imports.get(origin) ?? []), to]);
  }
  return imports;
}

/** A tree from the version down to its sources. */
export function lineageText({ nodes, edges }: Lineage): string {
  const lines: string[] = [];
  const shown = new Set<string>();
  const visit = (node: LineageNode, depth: number, relation: string) => {
    const digest = node.digest === '' ? '' : ` ${shortDigest(node.digest)}`;
    const attributes = Object.entries(node.attributes)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ');
    lines.push(`${'  '.repeat(depth)}${relation}${node.label}${digest}${attributes && ` (${attributes})`}\n`);
    // Shared nodes are expanded once.
    if (shown.has(node.id)) return;
    shown.add(node.id);
    const below = edges.filter(({ from }) => from === node.id);
    for (const edge of below.filter(({ relation }) => relation !== IMPORTED)) {
      const next = nodes.find(({ id }) => id === edge.to);
      if (next !== undefined) visit(next, depth + 1, `${edge.relation.replaceAll('_', ' ')} `);
    }
    for (const [origin, files] of importsOf(below)) {
      lines.push(`${'  '.repeat(depth + 1)}${origin}\n`);
      for (const next of nodes.filter(({ id }) => files.includes(id))) visit(next, depth + 2, '');
    }
  };
  const isMade = (id: string) => edges.some(({ to }) => to === id);
  for (const root of nodes.filter(({ id, kind }) => kind === 'KIND_MODEL_VERSION' && !isMade(id))) visit(root, 0, '');
  return lines.join('');
}
