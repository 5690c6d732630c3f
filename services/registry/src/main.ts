import { armCrashPoint, createTelemetry, runProcess } from '@athanor/service';
import { startRegistry } from './app.js';
import { loadRegistryConfig } from './config.js';

armCrashPoint(process.env.ATHANOR_CRASH_POINT, process.env.ATHANOR_CRASH_BUDGET_FILE);
const { log } = createTelemetry({ service: 'registry' });
await runProcess(async () => startRegistry({ config: loadRegistryConfig(process.env) }), {
  log,
  lifeline: process.env.ATHANOR_LIFELINE,
});
