import type { DeploymentInput, DeploymentRevisionInput } from '@athanor/contracts/registry';
import { toTimestamp } from '@athanor/service';
import { summarizeSettings, toSettingsMessage } from '../serving/settings-message.js';
import type { DeploymentRevisionRow } from '../store/deployment-revisions.js';
import { type DeploymentRow, toState } from '../store/deployments.js';

// Converts rows of deployments to messages.

export function toDeployment(row: DeploymentRow, activeVersion: number): DeploymentInput {
  const { serving, stopped, ...target } = toState(row);
  return {
    name: row.name,
    ...target,
    createTime: toTimestamp(row.create_time),
    activeVersion,
    serving: toSettingsMessage(serving),
    stopped,
    revision: row.revision,
  };
}

export function toRevision(row: DeploymentRevisionRow): DeploymentRevisionInput {
  const { serving, stopped, ...target } = toState(row);
  return {
    deployment: {
      name: row.name,
      ...target,
      createTime: toTimestamp(row.deployment_time),
      // What an alias pointed to then is in the history of the alias.
      activeVersion: row.version,
      serving: toSettingsMessage(serving),
      stopped,
      revision: row.revision,
    },
    actor: row.actor,
    reason: row.reason,
    time: toTimestamp(row.time),
  };
}

/** As in lists. */
export function withoutLargeParts<R extends DeploymentRow | DeploymentRevisionRow>(row: R): R {
  return { ...row, serving: row.serving && summarizeSettings(row.serving) };
}
