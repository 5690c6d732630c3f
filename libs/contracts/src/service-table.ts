// One row per service with everything that others need to know about it. Ports, NATS users, permissions of its calls,
// processes on a laptop, images and the conformance tests derive from it; the chart's ports are compared with it.
import type { EventType } from './event-payloads.js';
import type { ServiceKey } from './services.js';

interface ServiceRow {
  /** gRPC services on its ports, by their keys in SERVICE_NAMES. */
  readonly serves: readonly ServiceKey[];
  /** Offsets from the port base: public listener, admin listener (health and metrics), mesh listener (mutual TLS). */
  readonly ports: { readonly public: number; readonly admin: number; readonly mesh: number };
  /** Events of its aggregates; no other service publishes them. */
  readonly publishes: readonly EventType[];
  /** Its durable consumers by name, with the events that each handles. */
  readonly consumers: Readonly<Record<string, readonly EventType[]>>;
  /** Whether it also follows events without a durable consumer, as hints that something has changed. */
  readonly followsEvents: boolean;
  /** Whether it lists and replays dead letters. */
  readonly managesDeadLetters: boolean;
  /** Permissions of its own credential at other services. */
  readonly permissions: readonly string[];
  /** Whether it has a database schema and a blob store. */
  readonly isStateful: boolean;
  /** The process that hosts it on a laptop; undefined: it does not run on a laptop. */
  readonly laptopProcess: 'control' | 'inference' | undefined;
  /** The image that contains its program. */
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
    permissions: ['datasets.read', 'models.read'],
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
    // It loads imported models in processes of their own, to check them.
    image: 'runner',
  },
  // Its ports are Triton's.
  inference: {
    serves: ['inference', 'inferenceStatus'],
    ports: { public: 1, admin: 2, mesh: 3 },
    publishes: ['inference.model.quarantined'],
    consumers: {},
    followsEvents: true,
    managesDeadLetters: false,
    permissions: ['deployments.serve', 'models.read'],
    isStateful: false,
    laptopProcess: 'inference',
    image: 'runner',
  },
  router: {
    serves: ['inference', 'inferenceStatus'],
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

/** A service that runs on a laptop. */
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

/** The service that owns a gRPC service; the router only forwards calls. */
export function ownerOf(key: ServiceKey): ServiceName {
  const found = SERVICE_LIST.find(name => (SERVICES[name].serves as readonly ServiceKey[]).includes(key));
  if (found === undefined) throw new Error(`no entry of SERVICES serves ${key}`);
  return found;
}
