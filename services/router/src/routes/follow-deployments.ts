import type { ResolvedDeployment } from '@athanor/contracts/registry';
import { type PassContext, WakeLoop } from '@athanor/placement';
import type { Telemetry } from '@athanor/service';
import type { RouteTable, ServingPool } from './route-table.js';

export interface FollowOptions {
  readonly table: Pick<RouteTable<ServingPool>, 'isReady' | 'update'>;
  /** Fetches the desired state from the registry. */
  readonly list: (pass: PassContext) => Promise<readonly ResolvedDeployment[]>;
  readonly intervalMs: number;
  readonly log: Telemetry['log'];
  /** Called once, after the first successful list. */
  readonly onReady: () => void;
}

export interface Following {
  start(): void;
  /** Requests a list soon. */
  wake(traceparent?: string): void;
  /** Lists now, unless that happened just before; used before a name is reported as unknown. */
  refresh(): Promise<void>;
  stop(): Promise<void>;
}

const LIST_RETRY_MS = 500;
/** Limits how often unknown names cause a list, and how long their callers wait for it. */
const REFRESH_PAUSE_MS = 500;
const REFRESH_TIMEOUT_MS = 2_000;

/** Keeps the route table up to date with the registry. While the registry is unavailable, the known routes stay. */
export function followDeployments({ table, list, intervalMs, log, onReady }: FollowOptions): Following {
  let loggedNames = '';
  let listedAt = Number.NEGATIVE_INFINITY;
  let listing: Promise<unknown> | undefined;
  let passes = 0;
  let newest = 0;

  async function pass(context: PassContext): Promise<number> {
    const number = ++passes;
    try {
      const wasReady = table.isReady;
      const deployments = await list(context);
      // Lists overlap and may complete out of order; only the result of the latest request counts.
      if (number < newest) return intervalMs;
      newest = number;
      const names = table
        .update(deployments)
        .map(({ name }) => name)
        .join(', ');
      if (names !== '' && names !== loggedNames) log.warn({ deployments: names }, 'no pool serves these deployments');
      loggedNames = names;
      if (!wasReady) onReady();
      return intervalMs;
    } catch (error) {
      if (!context.signal.aborted) log.warn({ err: error }, 'deployments cannot be listed from the registry; retrying');
      return Math.min(LIST_RETRY_MS, intervalMs);
    }
  }

  function startPass(context: PassContext): Promise<number> {
    const answer = pass(context).finally(() => {
      if (listing === answer) listing = undefined;
    });
    listedAt = performance.now();
    listing = answer;
    return answer;
  }

  const loop = new WakeLoop(startPass);
  return {
    start: () => loop.start(),
    wake: traceparent => loop.wake(traceparent),
    stop: () => loop.stop(),
    async refresh() {
      const mayList = performance.now() - listedAt >= REFRESH_PAUSE_MS;
      if (!mayList && listing === undefined) return;
      const signal = AbortSignal.timeout(REFRESH_TIMEOUT_MS);
      // A list that is in flight is shared, not repeated.
      await Promise.race([mayList ? startPass({ signal }) : listing, aborted(signal)]);
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }));
}
