import { hostname } from 'node:os';
import type { DeploymentStatusInput, VersionStatusInput } from '@athanor/contracts/inference';
import { toTimestamp } from '@athanor/service';
import type { SlotState } from '../instances/instance-pool.js';
import type { ServedModel } from '../served-models/served-model.js';
import type { Deployment, VersionEntry } from './deployment.js';

/** The process that answers. */
export interface ProcessPlace {
  readonly pool: string;
  readonly host: string;
}

export function thisProcess(pool: string): ProcessPlace {
  return { pool, host: hostname() };
}

/** How this process serves a deployment. */
export function describeDeployment(
  { name, revision, entries }: Deployment,
  place: ProcessPlace,
): DeploymentStatusInput {
  return { name, ...place, revision, versions: entries.map(describeVersion) };
}

function describeVersion(entry: VersionEntry): VersionStatusInput {
  const { version, reason, model } = entry;
  const head = { version: Number(version), state: stateOf(entry), reason };
  return model === undefined ? head : { ...head, ...describeModel(model) };
}

function describeModel({ plan, place, pool, scheduler, statistics }: ServedModel): VersionStatusInput {
  return {
    scheduler: plan.scheduler.kind.kind,
    isolation: place.isolation,
    executionProvider: place.provider,
    instances: pool.slots
      .filter(({ state }) => state !== 'stopped')
      .map(({ state, instance }) => {
        const bytes = instance?.memoryBytes();
        return {
          state: INSTANCE_STATES[state],
          pid: instance?.pid ?? 0,
          threads: place.threads,
          ...(bytes !== undefined && { memoryBytes: bytes }),
        };
      }),
    queuedRequests: scheduler.depth,
    queuedRows: scheduler.queuedRows,
    succeededRequests: statistics.success.count,
    failedRequests: statistics.fail.count,
    restarts: pool.history.total,
    recentRestarts: pool.history.recent.map(({ timeMs, reason }) => ({ time: toTimestamp(new Date(timeMs)), reason })),
  };
}

function stateOf({ state, isQuarantined, model }: VersionEntry) {
  if (isQuarantined) return 'STATE_QUARANTINED' as const;
  if (state === 'READY') return model?.pool.state === 'evicted' ? ('STATE_EVICTED' as const) : ('STATE_READY' as const);
  return ({ LOADING: 'STATE_LOADING', UNLOADING: 'STATE_UNLOADING', UNAVAILABLE: 'STATE_FAILED' } as const)[state];
}

const INSTANCE_STATES = {
  starting: 'STATE_STARTING',
  idle: 'STATE_IDLE',
  busy: 'STATE_BUSY',
  backoff: 'STATE_BACKOFF',
  stopped: 'STATE_UNSPECIFIED',
} as const satisfies { [S in SlotState]: string };
