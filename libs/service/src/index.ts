export {
  createApiKey,
  createTokenAuthority,
  hashApiKey,
  type Principal,
  parseKeysFile,
  type TokenAuthority,
} from './auth/index.js';
export {
  ConfigError,
  type Environment,
  eventFields,
  integer,
  loadConfig,
  natsOptions,
  port,
  type ServiceConfig,
  type StateConfig,
  s3Options,
  serviceFields,
  stateFields,
  text,
} from './config/index.js';
export {
  CODE_NUMBERS,
  type Code,
  type ErrorData,
  type FieldViolation,
  invalidFields,
  notFound,
  ServiceError,
} from './errors/index.js';
export { Closing } from './lifecycle/closing.js';
export { armCrashPoint, crashPoint } from './lifecycle/crash-point.js';
export { type App, runProcess, type ServiceApp } from './lifecycle/run-process.js';
export { openTokenAuthority, type RunningService, type ServiceOptions, startService } from './lifecycle/service.js';
export {
  CallContext,
  checkResourceId,
  checkSameRequest,
  encodePageToken,
  fromTimestamp,
  type Page,
  readPage,
  requestFingerprint,
  type Timestamp,
  toPage,
  toTimestamp,
} from './rpc/index.js';
export {
  createTelemetry,
  extractTraceparent,
  type Telemetry,
  type TelemetryOptions,
  traceparentOf,
} from './telemetry/index.js';
export { type PeerChannel, peerChannel } from './tls/peer-channel.js';
