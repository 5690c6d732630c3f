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

const LIST_RETRY_MS = 500;

/** Keeps the table as the registry wants it. While the registry is away, the routes known stay. */
export function followDeployments({ table, list, intervalMs, log, onReady }: FollowOptions): WakeLoop {
  let told = '';
  return new WakeLoop(async context => {
    try {
      const wasReady = table.isReady;
      const unserved = table.update(await list(context));
      const names = unserved.map(({ name }) => name).join(', ');
      if (names !== '' && names !== told) log.warn({ deployments: names }, 'no pool serves these deployments');
      told = names;
      if (!wasReady) onReady();
      return intervalMs;
    } catch (error) {
      if (!context.signal.aborted)
        log.warn({ err: error }, 'the registry cannot be asked for deployments; it is asked again');
      return Math.min(LIST_RETRY_MS, intervalMs);
    }
  });
}
