import type { AthanorClient } from '@athanor/client';
import type { ModelVersion } from '@athanor/contracts/registry';
import { type Command, InvalidArgumentError } from 'commander';
import { CliError, EXIT_CODES, usageError } from '../exit-codes.js';
import { interruptible } from '../interruption.js';
import { commandLine } from '../mesh/command-line.js';
import type { ImportOptions } from '../model-import/import-model.js';
import { type CliEnvironment, type CommandContext, commandContext, withClient } from './command-context.js';
import { addMeasureOptions, givenOptions, type MeasureOptions, measureWords } from './measure-options.js';

interface ImportModelOptions extends ImportOptions, MeasureOptions {
  readonly deploy?: boolean;
  /** A dataset. */
  readonly evaluate?: string;
}

const IMPORT_HELP = `
A folder is uploaded with everything that is not hidden: model.onnx, its external data, config.pbtxt, labels.txt. A folder
that MLflow saved (MLmodel with the flavor onnx) is its model. Nothing of a model runs before it is checked, and then only
in a process of its own. Repeat the command after an interruption: it continues with the bytes that are missing.

Examples:
  athanor model import sentiment ./model.onnx --licence Apache-2.0
  athanor model import sentiment ./export --batch-axis -1
  athanor model import sentiment ./mlruns/model --deploy
  athanor model import iris ./model.onnx --evaluate iris --classes setosa,versicolor,virginica`;

const REPOSITORY_HELP = `
Every folder in it with config.pbtxt or numeric version folders (Triton), or with MLmodel (MLflow), is a model. Of each the
versions that version_policy selects are imported, by default the newest; it is deployed under the folder's name, as
config.pbtxt says. Models that are refused are listed with the reason, the others are imported, and the exit code is 5.

Examples:
  athanor model import-repository ./triton-repository
  athanor model import-repository ./triton-repository --no-deploy --licence MIT`;

export function addModelImportCommands(model: Command, cli: CliEnvironment): void {
  const command = model
    .command('import <name> <file-or-folder>')
    .description('import an ONNX model that was made elsewhere, as a version')
    .option('--licence <text>', 'SPDX expression or a name, shown with the version')
    .option(
      '--batch-axis <axis>',
      '0: the first axis is the batch; -1: none (default: config.pbtxt, else a probe)',
      axis,
    )
    .option('--deploy', 'deploy the version under the same name')
    .option('--evaluate <dataset>', "evaluate the version on a dataset; 'athanor model evaluate' does it later");
  addMeasureOptions(command)
    .addHelpText('after', IMPORT_HELP)
    .action(async (name: string, path: string, options: ImportModelOptions, command: Command) => {
      await runImport(commandContext(cli, command), { name, path, options });
    });
  model
    .command('import-repository <folder>')
    .description("import and deploy the models of Triton's model repository, or of folders that MLflow saved")
    .option('--licence <text>', 'SPDX expression or a name, of all models')
    .option('--no-deploy', 'register the versions only')
    .addHelpText('after', REPOSITORY_HELP)
    .action(async (folder: string, options: { licence?: string; deploy: boolean }, command: Command) => {
      await runRepository(commandContext(cli, command), folder, options);
    });
}

function axis(text: string): number {
  if (text === '0' || text === '-1') return Number(text);
  throw new InvalidArgumentError('expected 0 (the first axis) or -1 (none)');
}

async function runImport(
  context: CommandContext,
  { name, path, options }: { name: string; path: string; options: ImportModelOptions },
): Promise<void> {
  const [{ findArtifact }, { importModel }, { importedText }] = await Promise.all([
    import('../model-import/find-artifact.js'),
    import('../model-import/import-model.js'),
    import('../model-import/import-text.js'),
  ]);
  const { terminal } = context;
  const given = givenOptions(options);
  if (options.evaluate === undefined && given !== '')
    throw usageError(`${given}: they say how the version is evaluated, so they count only with --evaluate <dataset>`);
  const artifact = await findArtifact(path);
  await withClient(context, async client => {
    const { version, created } = await interruptible(signal =>
      importModel({ client, terminal, signal }, name, artifact, options),
    );
    const evaluated = await evaluateImported(context, client, { version, options });
    context.show({
      value: { ...version, created, ...evaluated.value },
      text: () => importedText(version) + evaluated.text,
    });
    const target = `${name}@${version.version}`;
    if (!options.deploy) {
      const next = commandLine(`deployment set ${name} --model ${target}`, context.options.home);
      terminal.err(`Make it callable with: ${next}\n`);
      return;
    }
    await client.registry.setDeployment({ deployment: { name, modelName: name, version: version.version } });
    const next = commandLine(`deployment describe ${name}`, context.options.home);
    terminal.err(`Deployed as ${name}; see how it is served with: ${next}\n`);
  });
}

async function evaluateImported(
  context: CommandContext,
  client: AthanorClient,
  { version, options }: { readonly version: ModelVersion; readonly options: ImportModelOptions },
) {
  const { evaluate: dataset } = options;
  if (dataset === undefined) return { text: '' };
  const { evaluateVersion, figuresText } = await import('../job/evaluate-version.js');
  const request = { dataset, datasetVersion: 0, options };
  const job = await evaluateVersion(context, client, { version, request }).catch(error => {
    const { modelName, version: number } = version;
    const command = commandLine(
      `model evaluate ${modelName} ${number} --dataset ${dataset}${measureWords(options)}`,
      context.options.home,
    );
    context.terminal.err(`${modelName} v${number} is imported, but has no figures yet. Evaluate it with: ${command}\n`);
    throw error;
  });
  return { value: { evaluation: job.result?.evaluation ?? null }, text: `\n${await figuresText(job)}` };
}

async function runRepository(
  context: CommandContext,
  folder: string,
  options: { readonly licence?: string; readonly deploy: boolean },
): Promise<void> {
  const [{ findRepository }, { importRepository, repositoryText }] = await Promise.all([
    import('../model-import/find-repository.js'),
    import('../model-import/import-repository.js'),
  ]);
  const { terminal } = context;
  const models = await findRepository(folder);
  const results = await withClient(context, client =>
    interruptible(signal => importRepository({ client, terminal, signal }, models, options)),
  );
  context.show({ value: results, text: () => repositoryText(results) });
  const refused = results.filter(({ refusal }) => refusal !== '').length;
  if (refused > 0)
    throw new CliError(
      `${refused} of ${results.length} models were refused; the others are imported`,
      EXIT_CODES.refused,
    );
}
