// Deployments as text for people.

import type { Deployment, DeploymentRevision } from '@athanor/contracts/registry';
import { componentText } from '../components/component-text.js';
import { enumText, fields, formatTime, table } from '../output/render.js';

export function deploymentsText(deployments: readonly Deployment[]): string {
  const rows = deployments.map(each => [
    each.name,
    targetText(each),
    activeText(each),
    each.serving?.instances || 1,
    componentText(each.serving?.scheduler),
    each.revision,
    formatTime(each.createTime),
  ]);
  return table(['DEPLOYMENT', 'MODEL', 'ACTIVE', 'INSTANCES', 'SCHEDULER', 'REVISION', 'CREATED'], rows);
}

/** A deployment with everything that can be set. */
export function settingsText(deployment: Deployment): string {
  const { serving } = deployment;
  const { instances = 1, threadsPerInstance = 0, gpu = 'GPU_UNSPECIFIED' } = serving ?? {};
  return fields([
    ['Deployment', deployment.name],
    ['Model', targetText(deployment)],
    ['Active', activeText(deployment)],
    ['Revision', deployment.revision],
    ['Created', formatTime(deployment.createTime)],
    ['Instances', instances],
    ['Threads', threadsPerInstance || 'as the server decides'],
    ['GPU', gpu === 'GPU_UNSPECIFIED' ? 'as the pool is configured' : enumText(gpu, 'GPU_').toLowerCase()],
    ['Scheduler', componentText(serving?.scheduler)],
    ['Isolation', componentText(serving?.isolation)],
    ['Warm-up', warmUpText(serving)],
    ['Labels', labelsText(serving)],
  ]);
}

export function revisionsText(revisions: readonly DeploymentRevision[]): string {
  const rows = revisions.map(({ deployment, actor, reason, time }) => [
    deployment?.revision ?? 0,
    formatTime(time),
    deployment === null ? '' : targetText(deployment),
    deployment?.serving?.instances || 1,
    componentText(deployment?.serving?.scheduler),
    deployment?.stopped ? 'stopped' : '',
    actor,
    reason,
  ]);
  return table(['REVISION', 'TIME', 'MODEL', 'INSTANCES', 'SCHEDULER', 'STATE', 'ACTOR', 'REASON'], rows);
}

function targetText({ modelName, alias, version }: Deployment): string {
  return alias === '' ? `${modelName} v${version}` : `${modelName}@${alias}`;
}

function activeText({ activeVersion, stopped }: Deployment): string {
  if (stopped) return 'stopped';
  return activeVersion === 0 ? '-' : `v${activeVersion}`;
}

function warmUpText(serving: Deployment['serving']): string {
  const samples = serving?.warmUp?.samples ?? [];
  if (samples.length === 0) return 'the default: zeros, with the smallest and the largest batch';
  return samples.map(({ batchSize, count }) => `${count} × ${batchSize} rows`).join(', ');
}

/** "scores: 3 classes" */
export function labelsText(serving: Deployment['serving']): string {
  return (serving?.labels?.outputs ?? []).map(({ output, labels }) => `${output}: ${labels.length} classes`).join(', ');
}
