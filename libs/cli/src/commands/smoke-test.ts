import type { Command } from 'commander';
import { interruptible } from '../interruption.js';
import { fields, shortDigest } from '../output/render.js';
import { type CliEnvironment, commandContext, withClient } from './command-context.js';

export function addSmokeTestCommand(program: Command, cli: CliEnvironment): void {
  program
    .command('smoke-test')
    .description('run a tiny job from rows to a served prediction on a running mesh, and remove everything it created')
    .addHelpText(
      'after',
      '\nExamples:\n  athanor smoke-test\n  athanor --context prod smoke-test\n\nIt makes a dataset, a model and a deployment "smoke-test" in the tenant of the API key, and deletes them. A dataset or a model that had the name before stays.',
    )
    .action(async (_options: unknown, command: Command) => {
      const context = commandContext(cli, command);
      const { runSmokeTest } = await import('../smoke/smoke-test.js');
      await withClient(context, async client => {
        const { terminal } = context;
        const result = await interruptible(signal => runSmokeTest({ client, terminal, signal }));
        const { jobId, version, digest, predictions, seconds } = result;
        context.show({
          value: result,
          text: () =>
            fields([
              ['Job', jobId],
              ['Version', `v${version} ${shortDigest(digest)}`],
              ['Served', predictions.join(', ')],
              ['Time', `${seconds.toFixed(1)} s`],
            ]),
        });
      });
    });
}
