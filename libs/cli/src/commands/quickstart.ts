import { join } from 'node:path';
import { DEFAULT_PORT_BASE } from '@athanor/contracts';
import type { Command } from 'commander';
import { meshHome } from '../context/resolve-context.js';
import { type CliEnvironment, commandContext } from './command-context.js';
import { portBase, positiveNumber, share, wholeNumber } from './number-options.js';

interface Options {
  readonly data?: string;
  readonly target?: string;
  readonly seed: number;
  readonly epochs: number;
  readonly gate?: number;
  readonly keep?: boolean;
  readonly json?: string;
  readonly portBase: number;
}

export function addQuickstartCommand(program: Command, cli: CliEnvironment): void {
  program
    .command('quickstart')
    .description('the whole workflow on real data, from raw MNIST files to served predictions, on its own mesh')
    .option('--data <path>', 'a folder of IDX files; default: MNIST, 70,000 images')
    .option('--target <column>', 'of a table: the column to predict')
    .option('--seed <n>', 'determines the initial weights and the order of rows', wholeNumber, 0)
    .option('--epochs <n>', 'passes over the training rows', positiveNumber, 5)
    .option(
      '--gate <accuracy>',
      'the minimum accuracy of a champion; default: 0.965 for MNIST, 0 for your own data',
      share,
    )
    .option('--keep', 'keep the mesh running')
    .option('--json <file>', 'write the results')
    .option('--port-base <port>', 'first of all ports', portBase, DEFAULT_PORT_BASE)
    .addHelpText(
      'after',
      '\nExamples:\n  npm run quickstart\n  npm run quickstart -- --keep --json figures.json\n  npm run quickstart -- --data ./fashion-mnist',
    )
    .action(async (options: Options, command: Command) => {
      const { options: globals, env, terminal } = commandContext(cli, command);
      const home = await meshHome({
        env,
        home: globals.home || env.ATHANOR_HOME || join(cli.root, '.athanor/quickstart'),
      });
      const { MNIST_GATE, runQuickstart } = await import('../quickstart/quickstart.js');
      await runQuickstart({
        ...options,
        keep: options.keep ?? false,
        gate: options.gate ?? (options.data === undefined ? MNIST_GATE : 0),
        home: home.root,
        cwd: process.cwd(),
        env,
        terminal,
      });
    });
}
