import { LAPTOP_SERVICES } from '@athanor/contracts';
import { natsPermissions } from '@athanor/events/nats-permissions';
import type { NatsUser } from '@athanor/nats-server';
import type { Secrets } from './secrets.js';

/** One NATS user per service, with that service's permissions only. */
export function natsUsers(passwords: Secrets['natsPasswords']): NatsUser[] {
  return LAPTOP_SERVICES.map(service => ({
    user: service,
    password: passwords[service],
    permissions: natsPermissions(service),
  }));
}
