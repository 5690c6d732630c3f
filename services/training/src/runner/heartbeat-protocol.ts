// Messages between the attempt's main thread and its heartbeat thread.
import type { ProgressInput } from '@athanor/contracts/training';
import type { WorkOrder } from './work-order.js';

/** What the thread needs to send heartbeats for the attempt. */
export interface HeartbeatWork {
  readonly order: WorkOrder;
  /** Fencing token of the attempt. */
  readonly epoch: number;
  readonly leaseMs: number;
  /** An attempt whose main thread is silent for longer has hung. Default 15 minutes. */
  readonly maxSilenceMs?: number;
}

/** Each message also shows that the main thread is responsive. */
export interface ToThread {
  /** A new phase; the thread replies with "entered" or "failed". */
  readonly phase?: string;
  readonly progress?: ProgressInput | undefined;
}

export type FromThread =
  | { readonly kind: 'entered' }
  /** The phase could not be reported. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly reason: string }
  /** The attempt is to stop: it was cancelled, or it does not hold its job any more. */
  | { readonly kind: 'stop' };
