import type { AthanorClient } from '@athanor/client';
import type { EpochMetrics, TrainingJob } from '@athanor/contracts/training';
import type { Command } from 'commander';
import { jobText } from '../job/describe.js';
import { withJobDetails } from '../job/evaluation.js';
import { readEpochs } from '../job/read-epochs.js';
import { waitForJob } from '../job/wait-for-job.js';
import { enumText, formatTime, table } from '../output/render.js';
import { type CliEnvironment, type CommandContext, commandContext, withClient } from './command-context.js';
import { addJobReportCommand } from './job-report.js';
import { type ListOptions, showList, withLimit } from './list.js';
import { expectSuccess } from './train.js';

export function addJobCommands(program: Command, cli: CliEnvironment): void {
  const job = program.command('job').description('training jobs');
  withLimit(job.command('list'))
    .description('list the jobs, newest first')
    .addHelpText('after', '\nExamples:\n  athanor job list\n  athanor job list --limit 20 -o json')
    .action(async ({ limit }: ListOptions, command: Command) => {
      const context = commandContext(cli, command);
      await withClient(context, client =>
        showList(context, {
          limit,
          list: page => client.training.listTrainingJobs(page).then(answer => ({ ...answer, items: answer.jobs })),
          text: jobsText,
          empty: 'There is no job yet; start one with: athanor train --dataset <dataset> --name <model> --wait',
        }),
      );
    });
  job
    .command('describe <job>')
    .description('show a job: progress, attempts, evaluation, history')
    .addHelpText('after', '\nExamples:\n  athanor job describe job-2f6c…\n  athanor job describe job-2f6c… -o yaml')
    .action(async (jobId: string, _options: unknown, command: Command) => {
      const context = commandContext(cli, command);
      await withClient(context, async client => {
        const { job: found } = await client.training.getTrainingJob({ jobId });
        await showJob(context, client, { job: found, epochs: await readEpochs(client, jobId) });
      });
    });
  addJobReportCommand(job, cli);
  job
    .command('watch <job>')
    .description('follow a job until it ends; the exit code says how it ended')
    .addHelpText('after', '\nExamples:\n  athanor job watch job-2f6c… && athanor model promote digits 2')
    .action(async (jobId: string, _options: unknown, command: Command) => {
      const context = commandContext(cli, command);
      await withClient(context, async client => {
        const ended = await waitForJob(context, client, jobId);
        // Its epochs were shown as they finished.
        await showJob(context, client, { job: ended, epochs: [] });
        expectSuccess(ended, true);
      });
    });
  job
    .command('cancel <job>')
    .description('ask a job to stop; it writes a checkpoint first')
    .addHelpText('after', '\nExamples:\n  athanor job cancel job-2f6c…')
    .action(async (jobId: string, _options: unknown, command: Command) => {
      const context = commandContext(cli, command);
      await withClient(context, async client => {
        const { job: found } = await client.training.cancelTrainingJob({ jobId });
        await showJob(context, client, { job: found, epochs: [] });
      });
    });
  job
    .command('delete <job>')
    .description('delete an ended job with its history; its model version is kept')
    .addHelpText('after', '\nExamples:\n  athanor job delete job-2f6c…')
    .action(async (jobId: string, _options: unknown, command: Command) => {
      const context = commandContext(cli, command);
      await withClient(context, client => client.training.deleteTrainingJob({ jobId }));
      cli.terminal.err(`Job ${jobId} is deleted.\n`);
    });
}

interface ShownJob {
  readonly job: TrainingJob | null;
  /** Empty unless requested. */
  readonly epochs: readonly EpochMetrics[];
}

async function showJob(context: CommandContext, client: AthanorClient, { job, epochs }: ShownJob): Promise<void> {
  if (job === null) throw new Error('expected a job in the response, received none');
  const shown = await withJobDetails(client, job);
  const value = epochs.length > 0 ? { ...shown, epochs } : shown;
  context.show({ value, text: () => jobText(shown, epochs) });
}

function jobsText(jobs: readonly TrainingJob[]): string {
  const rows = jobs.map(job => {
    const { step = 0, totalSteps = 0 } = job.progress ?? {};
    const share = totalSteps === 0 ? '' : `${Math.floor((100 * step) / totalSteps)} %`;
    return [
      job.jobId,
      job.modelName,
      `${job.spec?.datasetId} v${job.spec?.datasetVersion}`,
      enumText(job.state),
      share,
      formatTime(job.createTime),
    ];
  });
  return table(['JOB', 'MODEL', 'DATASET', 'STATE', 'DONE', 'CREATED'], rows);
}
