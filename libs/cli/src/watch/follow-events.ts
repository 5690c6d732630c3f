import type { AthanorClient } from '@athanor/client';
import type { Event } from '@athanor/contracts/events';
import { type ResumeOptions, resumeWatch } from './resume-watch.js';

export interface FollowRequest {
  readonly fromBeginning: boolean;
  readonly stopAtEnd: boolean;
}

/**
 * The tenant's events, each once. After an interruption it re-reads the stored events up to the last one it yielded.
 */
export async function* followEvents(
  client: Pick<AthanorClient, 'events'>,
  { fromBeginning, stopAtEnd }: FollowRequest,
  options: Omit<ResumeOptions, 'what'>,
): AsyncIterable<Event> {
  let seen = 0;
  const open = () => client.events.tailEvents({ fromBeginning: fromBeginning || seen > 0, stopAtEnd });
  for await (const { event } of resumeWatch(open, { ...options, what: 'the events' })) {
    // A message without an event is a keepalive.
    if (event === null || event.sequence <= seen) continue;
    seen = event.sequence;
    yield event;
  }
}
