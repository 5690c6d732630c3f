// Messages between the attempt's main thread and the thread that reads shards.
import type { WorkOrder } from './work-order.js';

export interface ShardWork {
  readonly order: WorkOrder;
  /** Fencing token of the attempt. */
  readonly epoch: number;
}

export interface ShardRequest {
  readonly id: number;
  readonly digest: string;
}

export type ShardReply = { readonly id: number } & (
  | { readonly bytes: Uint8Array }
  | { readonly code: string; readonly message: string; readonly reason: string }
);
