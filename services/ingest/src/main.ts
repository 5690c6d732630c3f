import { armCrashPoint, createTelemetry, runProcess } from '@athanor/service';
import { startIngest } from './app.js';
import { loadIngestConfig } from './config.js';

armCrashPoint(process.env.ATHANOR_CRASH_POINT, process.env.ATHANOR_CRASH_BUDGET_FILE);
const { log } = createTelemetry({ service: 'ingest' });
await runProcess(async () => startIngest({ config: loadIngestConfig(process.env) }), {
  log,
  lifeline: process.env.ATHANOR_LIFELINE,
});
