/** Default ports: public listener, then admin listener (health and metrics). Inference's are Triton's. */
export const DEFAULT_PORT_BASE = 8000;

/** Offsets from the port base. */
export const PORT_OFFSETS = {
  inference: { public: 1, admin: 2 },
  ingest: { public: 11, admin: 12 },
  training: { public: 21, admin: 22 },
  registry: { public: 31, admin: 32 },
  nats: { client: 42 },
} as const;

export type ServiceName = Exclude<keyof typeof PORT_OFFSETS, 'nats'>;

export interface ServicePorts {
  readonly public: number;
  readonly admin: number;
}

export function servicePorts(service: ServiceName, portBase: number = DEFAULT_PORT_BASE): ServicePorts {
  const offsets = PORT_OFFSETS[service];
  return { public: portBase + offsets.public, admin: portBase + offsets.admin };
}

export function natsPort(portBase: number = DEFAULT_PORT_BASE): number {
  return portBase + PORT_OFFSETS.nats.client;
}
