// Apart from what needs a NATS client: whoever starts nats-server writes permissions for these names.
export const EVENT_STREAM = 'ATHANOR_EVENTS';
export const DEAD_LETTER_STREAM = 'ATHANOR_DEAD_LETTERS';

/** What a service receives comes here, and nobody else may listen there. */
export function inboxPrefix(name: string): string {
  return `_INBOX.${name}`;
}
