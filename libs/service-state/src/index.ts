export { openServiceState, type ServiceState, type ServiceStateOptions } from './open-service-state.js';
