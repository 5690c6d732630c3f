import type { ResolvedDeployment } from '@athanor/contracts/registry';
import { type PassContext, WakeLoop } from '@athanor/placement';
import type { Telemetry } from '@athanor/service';
import type { RouteTable, ServingPool } from './route-table.js';

export interface FollowOptions {
  readonly table: Pick<RouteTable<ServingPool>, 'isReady' | 'update'>;
  /** Asks the registry for all that is wanted. */
  readonly list: (pass: PassContext) => Promise<readonly ResolvedDeployment[]>;
  readonly intervalMs: number;
  readonly log: Telemetry['log'];
  /** Called once, when the registry was heard. */
  readonly onReady: () => void;
}

export interface Following {
  start(): void;
  /** Looks soon. */
  wake(traceparent?: string): void;
  /** Looks now, unless that was done a moment ago: before a caller is told that a name is unknown. */
  refresh(): Promise<void>;
  stop(): Promise<void>;
}

const LIST_RETRY_MS = 500;
/** Callers of unknown names make the registry be asked no more often. */
const REFRESH_PAUSE_MS = 500;

/** Keeps the table as the registry wants it. While the registry is away, the routes known stay. */
export function followDeployments({ table, list, intervalMs, log, onReady }: FollowOptions): Following {
  let told = '';
  let listedAt = Number.NEGATIVE_INFINITY;
  let refreshing: Promise<unknown> | undefined;

  async function pass(context: PassContext): Promise<number> {
    try {
      const wasReady = table.isReady;
      const deployments = await list(context);
      listedAt = performance.now();
      const names = table
        .update(deployments)
        .map(({ name }) => name)
        .join(', ');
      if (names !== '' && names !== told) log.warn({ deployments: names }, 'no pool serves these deployments');
      told = names;
      if (!wasReady) onReady();
      return intervalMs;
    } catch (error) {
      if (!context.signal.aborted)
        log.warn({ err: error }, 'the registry cannot be asked for deployments; it is asked again');
      return Math.min(LIST_RETRY_MS, intervalMs);
    }
  }

  const loop = new WakeLoop(pass);
  return {
    start: () => loop.start(),
    wake: traceparent => loop.wake(traceparent),
    stop: () => loop.stop(),
    async refresh() {
      if (performance.now() - listedAt < REFRESH_PAUSE_MS) return;
      refreshing ??= pass({ signal: AbortSignal.timeout(REFRESH_PAUSE_MS * 4) }).finally(() => {
        refreshing = undefined;
      });
      await refreshing;
    },
  };
}
