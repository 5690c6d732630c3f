import type { AthanorClient } from '@athanor/client';
import type { TrainingJob } from '@athanor/contracts/training';
import type { CommandContext } from '../commands/command-context.js';
import { interruptible } from '../interruption.js';
import { commandLine } from '../mesh/command-line.js';
import { watchJob } from './watch-job.js';

/** Follows a job until it ends. The job does not depend on its watchers, and a user who stops watching is told so. */
export async function waitForJob(
  { terminal, options }: CommandContext,
  client: AthanorClient,
  jobId: string,
): Promise<TrainingJob> {
  const command = (words: string) => commandLine(`${words} ${jobId}`, options.home);
  return await interruptible(signal => {
    signal.addEventListener('abort', () =>
      terminal.err(
        `\nJob ${jobId} goes on. Watch it with: ${command('job watch')}\nCancel it with: ${command('job cancel')}\n`,
      ),
    );
    return watchJob({ client, terminal, jobId, signal }).catch(error => {
      throw signal.aborted ? signal.reason : error;
    });
  });
}
