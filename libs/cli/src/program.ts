import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import type { CliEnvironment } from './commands/command-context.js';
import { addCompletionCommand } from './commands/completion.js';
import { addComponentsCommand } from './commands/components.js';
import { addContextCommands } from './commands/context.js';
import { addDatasetCommands } from './commands/dataset.js';
import { addDeadLetterCommands } from './commands/dead-letters.js';
import { addDeploymentCommands } from './commands/deployment.js';
import { addRolloutCommands } from './commands/deployment-history.js';
import { addEventCommands } from './commands/events.js';
import { addInferCommand } from './commands/infer.js';
import { addJobCommands } from './commands/job.js';
import { addKeyCommands } from './commands/key.js';
import { addLineageCommand } from './commands/lineage.js';
import { addMeshCommands } from './commands/mesh.js';
import { addModelCommands } from './commands/model.js';
import { addQuickstartCommand } from './commands/quickstart.js';
import { addSmokeTestCommand } from './commands/smoke-test.js';
import { addTrainCommand } from './commands/train.js';
import { EXIT_CODE_HELP, EXIT_CODES, exitCodeOf } from './exit-codes.js';
import { FORMATS } from './output/render.js';
import { processTerminal } from './terminal.js';

const EXAMPLES = `
Examples:
  athanor up                                            start a mesh on this machine
  athanor dataset import digits ./mnist                 raw files in, a clean and split version out
  athanor train --dataset digits --name digits --wait
  athanor model promote digits 1 --alias champion       what is served is what "champion" points to
  athanor model import sentiment ./model.onnx           a model that was made elsewhere, as a version
  athanor infer digits --idx ./mnist/t10k-images-idx3-ubyte --row 7
  athanor lineage digits@champion                       from the model back to the uploaded bytes
  athanor --version                                     the version of this checkout

${EXIT_CODE_HELP}`;

export interface RunOptions extends Omit<CliEnvironment, 'terminal'> {
  readonly terminal?: CliEnvironment['terminal'];
}

/** Runs one command line and returns its exit code. */
export async function runCli(argv: readonly string[], options: RunOptions): Promise<number> {
  const cli: CliEnvironment = { ...options, terminal: options.terminal ?? processTerminal() };
  // Not commander's version option, which would also apply to commands with their own --version.
  if (argv.length === 1 && VERSION_OPTIONS.includes(argv[0] ?? '')) {
    cli.terminal.out(`athanor ${readVersion(cli.root)}\n`);
    return EXIT_CODES.ok;
  }
  try {
    await createProgram(cli).parseAsync([...argv], { from: 'user' });
    return EXIT_CODES.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
    cli.terminal.err(`athanor: ${(error as Error).message}\n`);
    return exitCodeOf(error);
  }
}

const VERSION_OPTIONS = ['--version', '-V'];

function readVersion(root: string): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}

export function createProgram(cli: CliEnvironment): Command {
  const program = new Command('athanor')
    .description('AI models as a service, as a mesh: raw rows in, served predictions out.')
    .addOption(new Option('-o, --output <format>', 'output format').choices([...FORMATS]).default('table'))
    .option('--context <name>', 'the mesh to use, from the address book (ATHANOR_CONTEXT)')
    .option('--home <folder>', 'the mesh that runs in this folder (ATHANOR_HOME, default ~/.athanor)')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput({ writeOut: text => cli.terminal.out(text), writeErr: text => cli.terminal.err(text) });
  const add = [addMeshCommands, addQuickstartCommand, addDatasetCommands, addTrainCommand, addJobCommands];
  const more = [
    addModelCommands,
    addDeploymentCommands,
    addRolloutCommands,
    addInferCommand,
    addLineageCommand,
    addEventCommands,
  ];
  for (const addCommands of [
    ...add,
    ...more,
    addComponentsCommand,
    addSmokeTestCommand,
    addDeadLetterCommands,
    addKeyCommands,
    addContextCommands,
    addCompletionCommand,
  ]) {
    addCommands(program, cli);
  }
  hintAtHelp(program, 'athanor');
  return program;
}

/** Errors of a command line point to the command's own help. */
function hintAtHelp(command: Command, path: string): void {
  command.showHelpAfterError(`(${path} --help shows what there is)`);
  for (const each of command.commands) hintAtHelp(each, `${path} ${each.name()}`);
}
