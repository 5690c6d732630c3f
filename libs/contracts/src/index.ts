export { canonicalJson, sha256Digest } from './canonical-json.js';
export {
  type DatasetManifest,
  type ManifestFeature,
  type ManifestShard,
  parseDatasetManifest,
  SHARD_TENSORS,
  SPLITS,
  type SplitName,
} from './dataset-manifest.js';
export { descriptorsOf } from './descriptors.js';
export {
  decodeEvent,
  EVENT_CATALOGUE,
  EVENT_CONSUMERS,
  type EventConsumerName,
  type EventPayloads,
  type EventType,
  encodeEvent,
  isEventType,
} from './events.js';
export { findMessage, loadContracts } from './loader.js';
export { type MethodRule, methodRule, PERMISSIONS, TENANT_PERMISSIONS } from './permissions.js';
export {
  DEFAULT_PORT_BASE,
  natsPort,
  PORT_OFFSETS,
  servicePorts,
} from './ports.js';
export {
  SERVICE_NAMES,
  type ServiceImplementation,
  type ServiceKey,
  type ServiceStub,
  serviceDefinition,
} from './services.js';
