export { type AppOptions, startRegistry } from './app.js';
export { loadRegistryConfig, type RegistryConfig } from './config.js';
