// Separate from code that needs a NATS client: whoever starts nats-server writes permissions for these names.
export const EVENT_STREAM = 'ATHANOR_EVENTS';
export const DEAD_LETTER_STREAM = 'ATHANOR_DEAD_LETTERS';

/** Inbox prefix of a service; nobody else may subscribe to it. */
export function inboxPrefix(name: string): string {
  return `_INBOX.${name}`;
}
