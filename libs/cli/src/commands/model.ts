import { randomUUID } from 'node:crypto';
import type { AthanorClient } from '@athanor/client';
import type { AliasMove } from '@athanor/contracts/registry';
import type { Command } from 'commander';
import { withVersionDetails } from '../job/evaluation.js';
import { modelsText, modelText, moveText, versionText } from '../model/model-text.js';
import { collectPages } from '../output/pages.js';
import { type CliEnvironment, commandContext, withClient } from './command-context.js';
import { type ListOptions, showList, withLimit } from './list.js';
import { addModelEvaluateCommand } from './model-evaluate.js';
import { addModelGateCommand } from './model-gate.js';
import { addModelImportCommands } from './model-import.js';
import { positiveNumber, wholeNumber } from './number-options.js';

interface MoveOptions {
  readonly alias: string;
  readonly reason: string;
  readonly expectedVersion?: number;
}

export function addModelCommands(program: Command, cli: CliEnvironment): void {
  const model = program.command('model').description('registered models, their versions and aliases');
  withLimit(model.command('list'))
    .description('list the models')
    .addHelpText('after', '\nExamples:\n  athanor model list\n  athanor model list -o json')
    .action(async ({ limit }: ListOptions, command: Command) => {
      const context = commandContext(cli, command);
      await withClient(context, client =>
        showList(context, {
          limit,
          list: page => client.registry.listModels(page).then(answer => ({ ...answer, items: answer.models })),
          text: modelsText,
          empty:
            'There is no model yet; train one with: athanor train --dataset <dataset> --name <model> --wait, or import one with: athanor model import <name> <file>',
        }),
      );
    });
  model
    .command('describe <model>')
    .description(
      'show a model, its gates, versions, alias history and how it is called; with --version one version with its evaluation',
    )
    .option('--version <number>', 'one version', positiveNumber)
    .addHelpText('after', '\nExamples:\n  athanor model describe digits\n  athanor model describe digits --version 2')
    .action(async (name: string, { version }: { version?: number }, command: Command) => {
      const context = commandContext(cli, command);
      const { callsText, describeCalls } = await import('../model/describe-calls.js');
      await withClient(context, async client => {
        if (version !== undefined) {
          const { modelVersion } = await client.registry.getModelVersion({ modelName: name, version });
          if (modelVersion === null) throw new Error('expected a version in the response, received none');
          const shown = await withVersionDetails(client, modelVersion);
          const calls = await describeCalls(context, client, modelVersion);
          context.show({ value: { ...shown, calls }, text: () => `${versionText(shown)}\n${callsText(calls)}` });
          return;
        }
        const { latest, ...value } = await readModel(client, name);
        const calls = latest && (await describeCalls(context, client, latest));
        const text = () =>
          `${modelText(value)}${calls === null ? '' : `\nv${latest?.version} takes:\n\n${callsText(calls)}`}`;
        context.show({ value: { ...value, calls }, text });
      });
    });
  addModelImportCommands(model, cli);
  addModelEvaluateCommand(model, cli);
  addModelGateCommand(model, cli);
  model
    .command('promote')
    .argument('<model>')
    .argument('<version>', 'its number', positiveNumber)
    .description('move an alias to a version, if its gates pass')
    .option('--alias <alias>', 'the alias', 'champion')
    .option('--reason <text>', 'stored in the history', '')
    .option(
      '--expected-version <number>',
      'move only if the alias points to this version now (0: to none)',
      wholeNumber,
    )
    .addHelpText('after', '\nExamples:\n  athanor model promote digits 2 --alias champion --reason "better on sevens"')
    .action(async (modelName: string, version: number, options: MoveOptions, command: Command) => {
      const context = commandContext(cli, command);
      const { alias, reason, expectedVersion } = options;
      const request = {
        // A request that is retried after a lost response moves the alias once.
        requestId: randomUUID(),
        modelName,
        version,
        alias,
        reason,
        ...(expectedVersion !== undefined && { expectedVersion }),
      };
      const { move } = await withClient(context, client => client.registry.moveAlias(request));
      context.show({ value: move, text: () => moveText(modelName, move as AliasMove) });
    });
  model
    .command('rollback <model>')
    .description('move an alias back to where it pointed before its last promotion')
    .option('--alias <alias>', 'the alias', 'champion')
    .option('--reason <text>', 'stored in the history', '')
    .addHelpText('after', '\nExamples:\n  athanor model rollback digits --reason "worse on sevens"')
    .action(async (modelName: string, { alias, reason }: MoveOptions, command: Command) => {
      const context = commandContext(cli, command);
      const request = { requestId: randomUUID(), modelName, alias, reason };
      const { move } = await withClient(context, client => client.registry.rollbackAlias(request));
      context.show({ value: move, text: () => moveText(modelName, move as AliasMove) });
    });
  model
    .command('delete <model>')
    .description('delete a model with its versions, aliases, history, gates and lineage; it must not be deployed')
    .addHelpText('after', '\nExamples:\n  athanor model delete digits')
    .action(async (name: string, _options: unknown, command: Command) => {
      const context = commandContext(cli, command);
      await withClient(context, client => client.registry.deleteModel({ name }));
      cli.terminal.err(`Model ${name} is deleted, with all its versions.\n`);
    });
}

/** A model with all its versions and moves. */
async function readModel(client: AthanorClient, modelName: string) {
  const { registry } = client;
  const [{ model }, versions, moves] = await Promise.all([
    registry.getModel({ name: modelName }),
    collectPages(page =>
      registry.listModelVersions({ modelName, ...page }).then(answer => ({ ...answer, items: answer.modelVersions })),
    ),
    collectPages(page =>
      registry.listAliasMoves({ modelName, ...page }).then(answer => ({ ...answer, items: answer.moves })),
    ),
  ]);
  if (model === null) throw new Error('expected a model in the response, received none');
  // Lists of versions do not include class names.
  const { latestVersion: version } = model;
  const latest = version === 0 ? null : (await registry.getModelVersion({ modelName, version })).modelVersion;
  const classes = latest?.signature?.classes ?? [];
  return { model, latest, classes, modelVersions: versions.items, moves: moves.items };
}
