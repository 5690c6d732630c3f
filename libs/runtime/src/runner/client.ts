// The client side of a runner: request ids, pending calls, and their rejection when the other side is gone.

import type { Tensor } from '@athanor/tensor';
import { RuntimeFailure } from '../errors.js';
import type { CallName, Calls, Channel, Request, Response } from './protocol.js';
import type { Runner } from './runner.js';
import { packTensors } from './transfer.js';

interface Pending {
  resolve(body: never): void;
  reject(error: RuntimeFailure): void;
}

export function createRunner(channel: Channel): Runner {
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let closed: Promise<void> | undefined;
  let gone: RuntimeFailure | undefined;

  channel.onResponse(response => settle(pending, response));
  const exited = new Promise<RuntimeFailure>(resolve => {
    channel.onExit(reason => {
      gone = closed ? closedFailure() : new RuntimeFailure('RUNNER_LOST', reason);
      for (const call of pending.values()) call.reject(gone);
      pending.clear();
      resolve(gone);
    });
  });

  function request<K extends CallName>(call: K, body: Calls[K]['request'], transfer: ArrayBuffer[] = []) {
    if (gone) return Promise.reject(gone);
    if (closed && call !== 'close') return Promise.reject(closedFailure());
    return new Promise<Calls[K]['response']>((resolve, reject) => {
      const id = ++lastId;
      pending.set(id, { resolve, reject });
      channel.post({ id, call, body } as Request, transfer);
    });
  }

  return {
    load: (model, options) => request('load', { model, options }),
    run(handle, inputs) {
      const { tensors, transfer } = packTensors(inputs);
      return request('run', { handle, tensors }, transfer) as Promise<Record<string, Tensor>>;
    },
    unload: handle => request('unload', { handle }),
    memory: () => request('memory', undefined),
    close() {
      // The host answers in order of arrival, so all earlier requests are answered before it exits.
      closed ??= Promise.resolve()
        .then(() => request('close', undefined))
        .catch(() => undefined)
        .then(() => exited)
        .then(() => undefined);
      return closed;
    },
    lost: exited.then(failure => (failure.code === 'RUNNER_LOST' ? failure : new Promise<never>(() => undefined))),
  };
}

const closedFailure = () => new RuntimeFailure('CLOSED', 'the runner is closed');

function settle(pending: Map<number, Pending>, response: Response): void {
  const call = pending.get(response.id);
  pending.delete(response.id);
  if (response.ok) call?.resolve(response.body as never);
  else call?.reject(new RuntimeFailure(response.code, response.message));
}
