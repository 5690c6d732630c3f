import { randomUUID } from 'node:crypto';
import type { AthanorClient } from '@athanor/client';
import type { ModelVersion } from '@athanor/contracts/registry';
import type { TrainingSpecInput } from '@athanor/contracts/training';
import { stringify } from 'yaml';
import type { CommandContext } from '../commands/command-context.js';
import { expectSuccess, type TrainOptions } from '../commands/train.js';
import { readParameters } from '../components/component-options.js';
import { jobText } from '../job/describe.js';
import { withJobDetails } from '../job/evaluation.js';
import { findMadeVersion, nextSteps } from '../job/next-steps.js';
import { specFields } from '../job/spec-text.js';
import { waitForJob } from '../job/wait-for-job.js';
import { findVersion } from '../model/find-version.js';
import { fields } from '../output/render.js';
import { AUGMENT } from './augmentations.js';
import { JOB_FAMILIES, toSpec } from './job-request.js';
import { toPlainSpec } from './plain-spec.js';
import { TRANSFORM } from './transforms.js';

export interface TrainRequest {
  readonly options: TrainOptions;
  /** Words that are no options of the command: parameters of components. */
  readonly words: readonly string[];
}

/** Starts a job, and waits for its end if asked to. */
export async function startTraining(
  context: CommandContext,
  client: AthanorClient,
  { options, words }: TrainRequest,
): Promise<void> {
  const { terminal } = context;
  const given = readParameters(words, [...JOB_FAMILIES, AUGMENT, TRANSFORM]);
  const { kinds } = given.length === 0 ? { kinds: [] } : await client.training.listComponents({});
  const { base } = options;
  const started = base === undefined ? {} : { base: startOf(await findVersion(client, base)) };
  const spec = { ...(await toSpec(options, given, kinds)), ...started };
  if (options.printSpec) return await printSpec(context, client, spec);
  // An own id, so that a request that is retried after a lost response does not start a second job.
  const requestId = options.requestId ?? randomUUID();
  const { job } = await client.training.createTrainingJob({ requestId, modelName: options.name, spec });
  if (job === null) throw new Error('expected a job in the response, received none');
  terminal.err(`${fields(specFields(job.spec))}\n`);
  if (!options.wait) terminal.err(`Job ${job.jobId} is queued; follow it with: athanor job watch ${job.jobId}\n`);
  const ended = options.wait ? await waitForJob(context, client, job.jobId) : job;
  const shown = await withJobDetails(client, ended);
  // Its epochs were shown as they finished.
  if (options.json) terminal.out(`${JSON.stringify(shown)}\n`);
  else context.show({ value: shown, text: () => jobText(shown, []) });
  expectSuccess(shown, options.wait === true);
  if (options.wait) {
    const version = await findMadeVersion(client, shown.jobId);
    terminal.err(nextSteps(context, shown.modelName, version));
  }
}

const startOf = ({ modelName, version }: ModelVersion) => ({ modelName, version });

async function printSpec(context: CommandContext, client: AthanorClient, spec: TrainingSpecInput): Promise<void> {
  const { spec: resolved } = await client.training.resolveTrainingJob({ spec });
  if (resolved === null) throw new Error('expected a spec in the response, received none');
  context.terminal.out(stringify(toPlainSpec(resolved)));
}
