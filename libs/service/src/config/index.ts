export { checkBind } from './check-bind.js';
export { flag, integer, port, text } from './fields.js';
export { ConfigError, type Environment, loadConfig } from './load-config.js';
export { type ServiceConfig, serviceFields } from './service-config.js';
export { eventFields, natsOptions, type StateConfig, s3Options, stateFields } from './state-fields.js';
