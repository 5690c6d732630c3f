import { type Command, Option } from 'commander';
import type { SetOptions } from '../deployment/deployment-request.js';
import { type CliEnvironment, commandContext, withClient } from './command-context.js';
import { addHistoryCommands } from './deployment-history.js';
import { type ListOptions, showList, withLimit } from './list.js';
import { list } from './list-option.js';
import { positiveNumber } from './number-options.js';

const collect = (text: string, before: readonly string[] = []) => [...before, text];

const SET_HELP = `
What is not named stays as it is; a new deployment has what its version recommends (config.pbtxt, labels.txt), then the
defaults. Parameters of the scheduler and the isolation are options too ('athanor components scheduler' lists them): with
--scheduler they belong to a new one, without it they change the current one. Every change is a revision.

Examples:
  athanor deployment set digits
  athanor deployment set digits-canary --model digits@3
  athanor deployment set sentiment --model sentiment@1 --instances 2 --scheduler dynamic --scheduler.max-batch-size 16
  athanor deployment set sentiment --scheduler.max-queue-delay-us 500 --gpu preferred --isolation process
  athanor deployment set sentiment --labels probabilities=labels.txt --warm-up '[{"batchSize": 16}]'
  athanor deployment set sentiment --stop

The alias may not exist yet: the deployment waits for it, and the exit code is 0.`;

export function addDeploymentCommands(program: Command, cli: CliEnvironment): void {
  const deployment = program.command('deployment').description('names on the wire, the models they serve, and how');
  addSetCommand(deployment, cli);
  withLimit(deployment.command('list'))
    .description('list the deployments')
    .addHelpText('after', '\nExamples:\n  athanor deployment list\n  athanor deployment list -o json')
    .action(async ({ limit }: ListOptions, command: Command) => {
      const context = commandContext(cli, command);
      const { deploymentsText } = await import('../deployment/deployment-text.js');
      await withClient(context, client =>
        showList(context, {
          limit,
          list: page =>
            client.registry.listDeployments(page).then(answer => ({ ...answer, items: answer.deployments })),
          text: deploymentsText,
          empty: 'Nothing is deployed yet; make a model callable with: athanor deployment set <model>',
        }),
      );
    });
  deployment
    .command('describe <name>')
    .description('show how a deployment is to be served, and how it is: instances, memory, queue, versions, restarts')
    .addHelpText(
      'after',
      '\nExamples:\n  athanor deployment describe sentiment\n  athanor deployment describe sentiment -o json',
    )
    .action(async (name: string, _options: unknown, command: Command) => {
      const context = commandContext(cli, command);
      const { describeDeployment } = await import('../deployment/describe-deployment.js');
      await withClient(context, client => describeDeployment(context, client, name));
    });
  addHistoryCommands(deployment, cli);
  deployment
    .command('delete <name>')
    .description('end a deployment')
    .addHelpText('after', '\nExamples:\n  athanor deployment delete digits-canary')
    .action(async (name: string, _options: unknown, command: Command) => {
      const context = commandContext(cli, command);
      await withClient(context, client => client.registry.deleteDeployment({ name }));
      cli.terminal.err(`Deployment ${name} has ended.\n`);
    });
}

function addSetCommand(deployment: Command, cli: CliEnvironment): void {
  deployment
    .command('set <name>')
    .description('make a model callable under a name, and say how it is served')
    .option('--model <model>', 'model@version, model@alias or model (default: the model of the same name)')
    .option('--alias <alias>', 'follow this alias (default champion)')
    .option('--version <number>', 'stay at this version', positiveNumber)
    .option('--instances <number>', 'sessions that run at the same time', positiveNumber)
    .option('--threads <number>', 'threads of each instance', positiveNumber)
    .addOption(new Option('--gpu <use>', 'whether it runs on GPUs').choices(['required', 'preferred', 'off']))
    .option('--scheduler <kind>', 'which requests run next, and which share a run')
    .option('--isolation <kind>', 'where it runs: auto, process or thread')
    .option('--labels <output=file>', 'names of the classes of an output, one per line; may be repeated', collect)
    .option('--warm-up <json>', 'runs before requests arrive, as a list; @file reads a file, - standard input')
    .option('--reset <parts>', 'set these back, separated by commas: gpu, threads, warm-up, labels, …', list)
    .addOption(new Option('--start', 'serve it again').conflicts('stop'))
    .option('--stop', 'load nothing and refuse requests, but keep the settings')
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText('after', SET_HELP)
    .action(async (name: string, options: SetOptions, command: Command) => {
      const context = commandContext(cli, command);
      const { setDeployment } = await import('../deployment/set-deployment.js');
      await withClient(context, client =>
        setDeployment(context, client, { name, options, words: command.args.slice(1) }),
      );
    });
}
