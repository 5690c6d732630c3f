import type { TrainingJob } from '@athanor/contracts/training';
import type { Command } from 'commander';
import { showReport } from '../report/show-report.js';
import { type CliEnvironment, commandContext, withClient } from './command-context.js';

export function addJobReportCommand(job: Command, cli: CliEnvironment): void {
  job
    .command('report <job>')
    .description(
      'write a page with learning curves, metrics, confusions or errors, calibration, slices and specification',
    )
    .option('--html <file>', 'where to write the page; - writes to standard output. Without it: what describe prints')
    .addHelpText(
      'after',
      '\nExamples:\n  athanor job report job-2f6c… --html job.html\n  athanor job report job-2f6c… --html - > job.html',
    )
    .action(async (jobId: string, { html }: { html?: string }, command: Command) => {
      const context = commandContext(cli, command);
      const [{ jobText }, { withJobDetails }, { readEpochs }, { readJobData }] = await Promise.all([
        import('../job/describe.js'),
        import('../job/evaluation.js'),
        import('../job/read-epochs.js'),
        import('../report/job-data.js'),
      ]);
      await withClient(context, async client => {
        const { job: found } = await client.training.getTrainingJob({ jobId });
        if (found === null) throw new Error('expected a job in the response, received none');
        const epochs = await readEpochs(client, jobId);
        const shown = html === undefined ? await withJobDetails(client, found) : found;
        await showReport(context, {
          html,
          view: { value: { ...shown, epochs }, text: () => jobText(shown, epochs) },
          page: async () => (await import('@athanor/reports')).jobReport(await readJobData(client, found, epochs)),
          content: contentText(found, epochs.length),
        });
      });
    });
}

function contentText({ modelName, result, spec }: TrainingJob, epochs: number): string {
  const metric = result?.evaluation?.metrics[0];
  const quality =
    metric === undefined
      ? 'not evaluated'
      : `${metric.name} ${metric.value.toFixed(4)} on ${result?.evaluation?.split}`;
  return spec?.evaluated ? `${modelName}, ${quality}` : `${modelName}, ${epochs} epochs, ${quality}`;
}
