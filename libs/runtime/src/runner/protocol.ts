// The messages of a runner. Requests have ids and are answered in any order; errors are data. `final` is reserved for
// several responses to one request.

import type { Tensor } from '@athanor/tensor';
import type { RuntimeFailureCode } from '../errors.js';
import type { ModelSource, SessionOptions } from '../session.js';
import type { LoadedModel, MemoryReport } from './runner.js';

export interface Calls {
  load: { request: { model: ModelSource; options: SessionOptions }; response: LoadedModel };
  run: { request: { handle: number; tensors: Record<string, Tensor> }; response: Record<string, Tensor> };
  unload: { request: { handle: number }; response: undefined };
  memory: { request: undefined; response: MemoryReport };
  close: { request: undefined; response: undefined };
}

export type CallName = keyof Calls;

export type Request = { [K in CallName]: { id: number; call: K; body: Calls[K]['request'] } }[CallName];

export type Response =
  | { id: number; final: true; ok: true; body: Calls[CallName]['response'] }
  | { id: number; final: true; ok: false; code: RuntimeFailureCode; message: string };

/** The channel to the other side. `transfer` is ignored if memory cannot be transferred. */
export interface Channel {
  post(message: Request, transfer: readonly ArrayBuffer[]): void;
  onResponse(listener: (response: Response) => void): void;
  /** Called once, when the other side is gone. */
  onExit(listener: (reason: string) => void): void;
}
