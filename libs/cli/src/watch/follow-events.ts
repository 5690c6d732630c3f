import type { AthanorClient } from '@athanor/client';
import type { Event } from '@athanor/contracts/events';
import { type ResumeOptions, resumeWatch } from './resume-watch.js';

export interface FollowRequest {
  readonly fromBeginning: boolean;
  readonly stopAtEnd: boolean;
}

/** The tenant's events, each once. A tail that was cut off reads what is stored again, up to the last event it gave. */
export async function* followEvents(
  client: Pick<AthanorClient, 'events'>,
  { fromBeginning, stopAtEnd }: FollowRequest,
  options: Omit<ResumeOptions, 'what'>,
): AsyncIterable<Event> {
  let seen = 0;
  const open = () => client.events.tailEvents({ fromBeginning: fromBeginning || seen > 0, stopAtEnd });
  for await (const { event } of resumeWatch(open, { ...options, what: 'the events' })) {
    // Without an event a message only says that the server is there.
    if (event === null || event.sequence <= seen) continue;
    seen = event.sequence;
    yield event;
  }
}
