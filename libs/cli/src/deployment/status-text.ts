// How a process of inference serves a deployment, as text for people.

import type { DeploymentStatus, InstanceStatus, VersionStatus } from '@athanor/contracts/inference';
import { enumText, fields, formatBytes, formatTime, table } from '../output/render.js';

export function statusText(status: DeploymentStatus): string {
  const head = fields([
    ['Served by', [status.pool, status.host].filter(Boolean).join(' on ')],
    ['Reached', status.revision === 0 ? 'no revision yet' : `revision ${status.revision}`],
  ]);
  if (status.versions.length === 0) return `${head}No version is loaded.\n`;
  return [head, versionsTable(status.versions), ...status.versions.map(detailsText).filter(Boolean)].join('\n');
}

function versionsTable(versions: readonly VersionStatus[]): string {
  const rows = versions.map(each => [
    `v${each.version}`,
    enumText(each.state),
    each.scheduler,
    each.isolation,
    each.executionProvider,
    each.queuedRequests,
    each.succeededRequests,
    each.failedRequests,
    each.restarts,
    each.reason,
  ]);
  const counts = ['QUEUED', 'SUCCEEDED', 'FAILED', 'RESTARTS'];
  return table(['VERSION', 'STATE', 'SCHEDULER', 'ISOLATION', 'DEVICE', ...counts, 'REASON'], rows);
}

function detailsText({ version, instances, recentRestarts }: VersionStatus): string {
  const parts: string[] = [];
  if (instances.length > 0) {
    const rows = instances.map((each, index) => [`v${version} #${index + 1}`, ...instanceCells(each)]);
    parts.push(table(['INSTANCE', 'STATE', 'RUNS IN', 'THREADS', 'MEMORY'], rows));
  }
  if (recentRestarts.length > 0) {
    const rows = recentRestarts.map(({ time, reason }) => [`v${version}`, formatTime(time), reason]);
    parts.push(table(['RESTART OF', 'TIME', 'REASON'], rows));
  }
  return parts.join('\n');
}

function instanceCells({ state, pid, threads, memoryBytes, _memoryBytes }: InstanceStatus): (string | number)[] {
  const memory = _memoryBytes === undefined || memoryBytes === undefined ? '-' : formatBytes(memoryBytes);
  return [enumText(state), pid === 0 ? 'a thread of the server' : `process ${pid}`, threads, memory];
}
