import { fromStruct, type JsonObject, toKebab } from '@athanor/contracts';
import type { ComponentKind } from '@athanor/contracts/api';
import type { Command } from 'commander';
import { CliError, EXIT_CODES } from '../exit-codes.js';
import { fields, table } from '../output/render.js';
import { type CliEnvironment, commandContext, withClient } from './command-context.js';

export function addComponentsCommand(program: Command, cli: CliEnvironment): void {
  program
    .command('components [family] [kind]')
    .description(
      'list what jobs, imports and deployments can be made of: tasks, models, transforms, augmentations, checks, schedulers …',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  athanor components\n  athanor components model\n  athanor components model mlp\n  athanor components augmentation\n  athanor components scheduler dynamic',
    )
    .action(async (family: string | undefined, kind: string | undefined, _options: unknown, command: Command) => {
      const context = commandContext(cli, command);
      const kinds = await withClient(context, async client => {
        const { training, ingest, registry } = client;
        const lists = await Promise.all([training, ingest, registry].map(service => service.listComponents({})));
        return lists.flatMap(list => list.kinds);
      });
      const shown = kinds
        .filter(each => family === undefined || each.family === family)
        .filter(each => kind === undefined || each.kind === kind);
      if (shown.length === 0) throw notFound(kinds, family, kind);
      const value = shown.map(({ parametersSchema, ...rest }) => ({
        ...rest,
        parameters: fromStruct(parametersSchema),
      }));
      context.show({ value, text: () => (kind === undefined ? kindsText(shown) : shown.map(kindText).join('\n')) });
    });
}

function kindsText(kinds: readonly ComponentKind[]): string {
  return table(
    ['FAMILY', 'KIND', 'SUMMARY'],
    kinds.map(({ family, kind, summary }) => [family, kind, summary]),
  );
}

function kindText({ family, kind, version, summary, parametersSchema }: ComponentKind): string {
  const { properties = {} } = fromStruct(parametersSchema) as { properties?: Readonly<Record<string, JsonObject>> };
  const rows = Object.entries(properties).map(([name, schema]) => [
    `${optionPrefix(family, kind)}.${toKebab(name)}`,
    JSON.stringify(schema.default ?? null).replace('null', '-'),
    String(schema.description ?? ''),
  ]);
  const head = fields([
    ['Kind', `${kind} (${family}, version ${version})`],
    ['Summary', summary],
  ]);
  return rows.length === 0
    ? `${head}It has no parameters.\n`
    : `${head}\n${table(['PARAMETER', 'DEFAULT', 'MEANING'], rows)}`;
}

/** What a parameter begins with on the command line: of what a job may have several, it says of which. */
function optionPrefix(family: string, kind: string): string {
  if (family === 'augmentation') return `--augment.${kind}`;
  return family === 'transform' ? '--transform.<column>' : `--${family}`;
}

function notFound(kinds: readonly ComponentKind[], family = '', kind = ''): CliError {
  const families = [...new Set(kinds.map(each => each.family))];
  const own = kinds.filter(each => each.family === family).map(each => each.kind);
  const message =
    own.length === 0
      ? `expected a family of ${families.join(', ')}, got '${family}'`
      : `expected a ${family} of ${own.join(', ')}, got '${kind}'`;
  return new CliError(message, EXIT_CODES.notFound);
}
