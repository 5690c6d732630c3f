export { type AppOptions, startRouter } from './app.js';
export { loadRouterConfig, type RouterConfig } from './config.js';
