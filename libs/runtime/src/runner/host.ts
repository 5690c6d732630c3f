// The host side of a runner, which holds the sessions: the same in a worker thread and in a child process.

import { memoryUsage } from 'node:process';
import { RuntimeFailure } from '../errors.js';
import { openSession, type Session } from '../session.js';
import type { CallName, Calls, Request, Response } from './protocol.js';

type Handlers = { readonly [K in CallName]: (body: Calls[K]['request']) => Promise<Calls[K]['response']> };

/** Answers one request at a time; never rejects. */
export function answerRequest(): (request: Request) => Promise<Response> {
  const handlers = createHandlers(new Map());
  return async ({ id, call, body }) => {
    try {
      const handler = handlers[call] as (body: unknown) => Promise<Calls[CallName]['response']>;
      return { id, final: true, ok: true, body: await handler(body) };
    } catch (error) {
      const code = error instanceof RuntimeFailure ? error.code : 'RUN_FAILED';
      return { id, final: true, ok: false, code, message: error instanceof Error ? error.message : String(error) };
    }
  };
}

function createHandlers(sessions: Map<number, Session>): Handlers {
  let lastHandle = 0;
  return {
    async load({ model, options }) {
      const session = await openSession(model, options);
      const handle = ++lastHandle;
      sessions.set(handle, session);
      return { handle, inputs: session.inputs, outputs: session.outputs };
    },
    run: ({ handle, tensors }) => find(sessions, handle).run(tensors),
    async unload({ handle }) {
      const session = find(sessions, handle);
      sessions.delete(handle);
      await session.release();
    },
    async memory() {
      return { residentBytes: memoryUsage.rss(), models: sessions.size };
    },
    async close() {
      for (const session of sessions.values()) await session.release();
      sessions.clear();
    },
  };
}

function find(sessions: ReadonlyMap<number, Session>, handle: number): Session {
  const session = sessions.get(handle);
  if (!session) throw new RuntimeFailure('UNKNOWN_MODEL', `no model is loaded under handle ${handle}`);
  return session;
}
