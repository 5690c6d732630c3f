export { createTelemetry, type Telemetry, type TelemetryOptions } from './telemetry.js';
export { extractTraceparent, traceparentOf } from './trace-context.js';
