// One row says everything about a service that others need to know. Ports, NATS users, the permissions of its calls, what a
// laptop's mesh hosts, images and the conformance tests derive from it; the chart's ports are held against it.
import type { EventType } from './event-payloads.js';
import type { ServiceKey } from './services.js';

interface ServiceRow {
  /** gRPC services on its ports, by their keys in SERVICE_NAMES. */
  readonly serves: readonly ServiceKey[];
  /** Offsets from the port base: public listener, admin listener (health and metrics), mesh listener (mutual TLS). */
  readonly ports: { readonly public: number; readonly admin: number; readonly mesh: number };
  /** Facts about what it owns; no other service publishes them. */
  readonly publishes: readonly EventType[];
  /** Its durable consumers by name, with what each reacts to. */
  readonly consumers: Readonly<Record<string, readonly EventType[]>>;
  /** Whether it also follows events without a durable consumer, as a hint that something has changed. */
  readonly followsEvents: boolean;
  /** Whether it lists and replays dead letters. */
  readonly managesDeadLetters: boolean;
  /** What its own credential allows at other services: least privilege. */
  readonly permissions: readonly string[];
  /** Whether it has a database schema and a blob store. */
  readonly isStateful: boolean;
  /** The process of a laptop's mesh that hosts it; undefined: a laptop has none. */
  readonly laptopProcess: 'control' | 'inference' | undefined;
  /** The image that has its program. */
  readonly image: 'control' | 'runner';
}

export const SERVICES = {
  ingest: {
    serves: ['ingest'],
    ports: { public: 11, admin: 12, mesh: 13 },
    publishes: ['dataset.version.ready', 'dataset.version.failed', 'dataset.deleted'],
    consumers: {},
    followsEvents: false,
    managesDeadLetters: false,
    permissions: [],
    isStateful: true,
    laptopProcess: 'control',
    image: 'control',
  },
  training: {
    serves: ['training', 'attempts'],
    ports: { public: 21, admin: 22, mesh: 23 },
    publishes: ['training.job.queued', 'training.job.succeeded', 'training.job.ended', 'training.job.deleted'],
    consumers: {},
    followsEvents: false,
    managesDeadLetters: false,
    permissions: ['datasets.read'],
    isStateful: true,
    laptopProcess: 'control',
    image: 'control',
  },
  registry: {
    serves: ['registry', 'events'],
    ports: { public: 31, admin: 32, mesh: 33 },
    publishes: ['model.version.registered', 'model.alias.moved', 'model.deleted', 'deployment.changed'],
    consumers: { 'registry-register-model': ['training.job.succeeded'] },
    followsEvents: true,
    managesDeadLetters: true,
    permissions: ['jobs.read', 'datasets.read'],
    isStateful: true,
    laptopProcess: 'control',
    image: 'control',
  },
  // Its ports are Triton's.
  inference: {
    serves: ['inference'],
    ports: { public: 1, admin: 2, mesh: 3 },
    publishes: [],
    consumers: {},
    followsEvents: true,
    managesDeadLetters: false,
    permissions: ['deployments.serve', 'models.read'],
    isStateful: false,
    laptopProcess: 'inference',
    image: 'runner',
  },
  router: {
    serves: ['inference'],
    ports: { public: 51, admin: 52, mesh: 53 },
    publishes: [],
    consumers: {},
    followsEvents: true,
    managesDeadLetters: false,
    permissions: ['deployments.serve'],
    isStateful: false,
    laptopProcess: undefined,
    image: 'control',
  },
} as const satisfies Readonly<Record<string, ServiceRow>>;

export type ServiceName = keyof typeof SERVICES;

/** A service that a laptop's mesh has. */
export type LaptopService = {
  [S in ServiceName]: (typeof SERVICES)[S]['laptopProcess'] extends string ? S : never;
}[ServiceName];

/** A durable consumer's name. */
export type EventConsumerName = {
  [S in ServiceName]: keyof (typeof SERVICES)[S]['consumers'];
}[ServiceName];

export const SERVICE_LIST = Object.keys(SERVICES) as ServiceName[];

export const LAPTOP_SERVICES = SERVICE_LIST.filter(
  (name): name is LaptopService => SERVICES[name].laptopProcess !== undefined,
);

/** The service that owns what a gRPC service is about; the router only passes calls on. */
export function ownerOf(key: ServiceKey): ServiceName {
  const found = SERVICE_LIST.find(name => (SERVICES[name].serves as readonly ServiceKey[]).includes(key));
  if (found === undefined) throw new Error(`no row of SERVICES serves ${key}`);
  return found;
}
