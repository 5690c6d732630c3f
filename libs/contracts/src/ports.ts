import { SERVICE_LIST, SERVICES, type ServiceName } from './service-table.js';

export const DEFAULT_PORT_BASE = 8000;

/** Offset of NATS's client port from the port base. */
const NATS_PORT_OFFSET = 42;

export interface ServicePorts {
  readonly public: number;
  readonly admin: number;
  readonly mesh: number;
}

export function servicePorts(service: ServiceName, portBase: number = DEFAULT_PORT_BASE): ServicePorts {
  const { ports } = SERVICES[service];
  return { public: portBase + ports.public, admin: portBase + ports.admin, mesh: portBase + ports.mesh };
}

export function natsPort(portBase: number = DEFAULT_PORT_BASE): number {
  return portBase + NATS_PORT_OFFSET;
}

/** All ports that a mesh may listen on. */
export function meshPorts(portBase: number = DEFAULT_PORT_BASE): number[] {
  return [...SERVICE_LIST.flatMap(service => Object.values(servicePorts(service, portBase))), natsPort(portBase)];
}
