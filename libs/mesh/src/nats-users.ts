import type { EventKind } from '@athanor/contracts';
import { EVENT_CATALOGUE } from '@athanor/contracts';
import type { NatsUser } from '@athanor/nats-server';
import { MESH_SERVICES, type MeshService, type Secrets } from './secrets.js';

// A consumer takes the tenant from the subject, so only the service that owns an aggregate may publish on its subjects.
const JETSTREAM = ['$JS.API.>', '$JS.ACK.>', '_INBOX.>', 'dlq.athanor.>'];

/** One NATS user for each service, each with its own subjects only. */
export function natsUsers(passwords: Secrets['natsPasswords']): NatsUser[] {
  return MESH_SERVICES.map(service => ({
    user: service,
    password: passwords[service],
    permissions: { publish: [...JETSTREAM, ...ownSubjects(service)], subscribe: ['_INBOX.>'] },
  }));
}

function ownSubjects(service: MeshService): string[] {
  const kinds: EventKind[] = Object.values(EVENT_CATALOGUE);
  const aggregates = kinds.filter(kind => kind.source === service).map(kind => kind.aggregate);
  return [...new Set(aggregates)].map(aggregate => `athanor.v1.*.${aggregate}.>`);
}
