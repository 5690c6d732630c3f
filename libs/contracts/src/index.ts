export { canonicalJson, sha256Digest } from './canonical-json.js';
export { fromComponent, isSameComponent, type PlainComponent, toComponent } from './component-message.js';
export { descriptorsOf } from './descriptors.js';
export type { EventPayloads, EventType } from './event-payloads.js';
export {
  decodeEvent,
  EVENT_CATALOGUE,
  EVENT_CONSUMERS,
  type EventConsumer,
  encodeEvent,
  eventSource,
  isEventType,
} from './events.js';
export { findMessage, loadContracts } from './loader.js';
export { toCamel, toKebab } from './parameter-names.js';
export { type MethodRule, methodRule, PERMISSIONS, TENANT_PERMISSIONS } from './permissions.js';
export { DEFAULT_PORT_BASE, meshPorts, natsPort, servicePorts } from './ports.js';
export {
  type EventConsumerName,
  LAPTOP_SERVICES,
  type LaptopService,
  ownerOf,
  SERVICE_LIST,
  SERVICES,
  type ServiceName,
} from './service-table.js';
export {
  SERVICE_NAMES,
  type ServiceImplementation,
  type ServiceKey,
  type ServiceStub,
  serviceDefinition,
} from './services.js';
export { fromStruct, type Json, type JsonObject, toStruct } from './struct.js';
