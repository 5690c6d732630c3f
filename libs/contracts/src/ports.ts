/** Default ports: public listener, admin listener (health and metrics), mesh listener (mutual TLS). Inference's are Triton's. */
export const DEFAULT_PORT_BASE = 8000;

/** Offsets from the port base. */
export const PORT_OFFSETS = {
  inference: { public: 1, admin: 2, mesh: 3 },
  ingest: { public: 11, admin: 12, mesh: 13 },
  training: { public: 21, admin: 22, mesh: 23 },
  registry: { public: 31, admin: 32, mesh: 33 },
  router: { public: 51, admin: 52, mesh: 53 },
  nats: { client: 42 },
} as const;

export type ServiceName = Exclude<keyof typeof PORT_OFFSETS, 'nats'>;

export interface ServicePorts {
  readonly public: number;
  readonly admin: number;
  readonly mesh: number;
}

export function servicePorts(service: ServiceName, portBase: number = DEFAULT_PORT_BASE): ServicePorts {
  const offsets = PORT_OFFSETS[service];
  return { public: portBase + offsets.public, admin: portBase + offsets.admin, mesh: portBase + offsets.mesh };
}

export function natsPort(portBase: number = DEFAULT_PORT_BASE): number {
  return portBase + PORT_OFFSETS.nats.client;
}
