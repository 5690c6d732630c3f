import { createTelemetry, runProcess } from '@athanor/service';
import { startRouter } from './app.js';
import { loadRouterConfig } from './config.js';

const { log } = createTelemetry({ service: 'router', followsContext: false });
await runProcess(async () => startRouter({ config: loadRouterConfig(process.env) }), {
  log,
  lifeline: process.env.ATHANOR_LIFELINE,
});
