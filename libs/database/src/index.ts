export {
  DatabaseError,
  type DatabaseErrorKind,
  isDatabaseError,
  NestedQueryError,
} from './database-error.js';
export { deleteTime } from './delete-time.js';
export {
  type DatabaseEngine,
  type EngineKind,
  type EngineOptions,
  openDatabase,
  type SchemaOptions,
} from './engine.js';
export { leaseEnd } from './lease-end.js';
export type { DatabaseLog, Migration } from './migrations.js';
export { jsonb } from './values.js';
export { type RetryOptions, withRetry } from './with-retry.js';
