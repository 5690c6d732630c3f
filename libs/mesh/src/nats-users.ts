import { natsPermissions } from '@athanor/events/nats-permissions';
import type { NatsUser } from '@athanor/nats-server';
import { MESH_SERVICES, type Secrets } from './secrets.js';

/** One NATS user for each service, which may do what that service does and nothing else. */
export function natsUsers(passwords: Secrets['natsPasswords']): NatsUser[] {
  return MESH_SERVICES.map(service => ({
    user: service,
    password: passwords[service],
    permissions: natsPermissions(service),
  }));
}
