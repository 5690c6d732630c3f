// Messages between the attempt's main thread and its heartbeat thread.
import type { ProgressInput } from '@athanor/contracts/training';
import type { WorkOrder } from './work-order.js';

/** What the thread needs to speak for the attempt. */
export interface HeartbeatWork {
  readonly order: WorkOrder;
  /** Fencing token of the attempt. */
  readonly epoch: number;
  readonly leaseMs: number;
}

export interface ToThread {
  /** A new phase; answered with "entered" or "failed". */
  readonly phase?: string;
  readonly progress?: ProgressInput | undefined;
}

export type FromThread =
  | { readonly kind: 'entered' }
  /** The phase could not be reported. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  /** The attempt is to stop: it was cancelled, or it does not hold its job any more. */
  | { readonly kind: 'stop' };
