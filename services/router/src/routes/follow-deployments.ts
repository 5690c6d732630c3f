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
/** Callers of unknown names make the registry be asked no more often, and wait for its answer no longer. */
const REFRESH_PAUSE_MS = 500;
const REFRESH_TIMEOUT_MS = 2_000;

/** Keeps the table as the registry wants it. While the registry is away, the routes known stay. */
export function followDeployments({ table, list, intervalMs, log, onReady }: FollowOptions): Following {
  let told = '';
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<unknown> | undefined;
  let passes = 0;
  let newest = 0;

  async function pass(context: PassContext): Promise<number> {
    const number = ++passes;
    try {
      const wasReady = table.isReady;
      const deployments = await list(context);
      // Passes overlap, and may be answered in another order: what was asked later knows better.
      if (number < newest) return intervalMs;
      newest = number;
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

  function ask(context: PassContext): Promise<number> {
    const answer = pass(context).finally(() => {
      if (asking === answer) asking = undefined;
    });
    askedAt = performance.now();
    asking = answer;
    return answer;
  }

  const loop = new WakeLoop(ask);
  return {
    start: () => loop.start(),
    wake: traceparent => loop.wake(traceparent),
    stop: () => loop.stop(),
    async refresh() {
      const mayAsk = performance.now() - askedAt >= REFRESH_PAUSE_MS;
      if (!mayAsk && asking === undefined) return;
      const signal = AbortSignal.timeout(REFRESH_TIMEOUT_MS);
      // What was asked a moment ago is waited for, not asked again.
      await Promise.race([mayAsk ? ask({ signal }) : asking, aborted(signal)]);
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }));
}
