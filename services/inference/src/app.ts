import { createStub } from '@athanor/client';
import { listDeployments, parseSelectors, toSelectable, watchDeployments } from '@athanor/placement';
import { chooseProvider, createThreadRunner } from '@athanor/runtime';
import {
  type App,
  Closing,
  createTelemetry,
  natsOptions,
  openTokenAuthority,
  peerChannel,
  startService,
} from '@athanor/service';
import type { InferenceConfig } from './config.js';
import { Catalog } from './deployments/catalog.js';
import { loadVersion } from './deployments/load-version.js';
import { Reconciler } from './deployments/reconciler.js';
import { fromResolved } from './deployments/wanted-deployment.js';
import { modelFetcher } from './model-files/fetch-model.js';
import { ModelHost } from './model-host/model-host.js';
import { inferenceDefinition } from './rpc/definition.js';
import { inferenceService } from './rpc/inference-service.js';
import { createInstruments, observeProvider } from './telemetry/instruments.js';

export interface AppOptions {
  readonly config: InferenceConfig;
}

/** Composition root: opens what inference needs, and closes it again if a later step fails. */
export async function startInference({ config }: AppOptions): Promise<App> {
  const closing = new Closing();
  try {
    const { LOG_LEVEL: logLevel, OTLP_ENDPOINT: otlpEndpoint } = config;
    // No active span is needed here: no events are written, and a call's own span is in its context.
    const telemetry = createTelemetry({ service: 'inference', logLevel, otlpEndpoint, followsContext: false });
    closing.add(() => telemetry.shutdown());
    const { log } = telemetry;
    const chosen = chooseProvider(config.GPU);
    if (chosen.problem !== undefined)
      log.warn({ problem: chosen.problem }, 'no GPU can be used; models run on the CPU');
    observeProvider(telemetry.meter, { ...chosen, mode: config.GPU });
    const tokens = await openTokenAuthority(config);
    const registry = createStub('registry', {
      ...peerChannel('inference', config, tokens),
      address: config.REGISTRY_ADDRESS,
    });
    closing.add(() => registry.close());
    const isServedHere = parseSelectors(config.POOL_MODELS);
    const catalog = new Catalog();
    const host = new ModelHost({ createRunner: createThreadRunner, log });
    closing.add(() => host.close());
    const queue = { maxQueueSize: config.MAX_QUEUE_SIZE, maxQueueDelayUs: config.MAX_QUEUE_DELAY_US };
    const instruments = createInstruments(telemetry.meter, catalog);
    const loading = {
      fetchModel: modelFetcher(registry),
      host,
      instruments,
      cpuThreads: config.CPU_THREADS,
      provider: chosen.provider,
      maxBatchSize: config.MAX_BATCH_SIZE,
      ...queue,
    };
    const reconciler = new Reconciler({
      ...{ catalog, intervalMs: config.RECONCILE_INTERVAL_MS, log },
      async list(context) {
        const deployments = await listDeployments(registry, context);
        return deployments.filter(each => isServedHere(toSelectable(each))).map(fromResolved);
      },
      load: target => loadVersion(target, loading),
      onReady: () => service.setReady(true),
    });
    const service = await startService({
      ...{ name: 'inference', config, telemetry },
      services: { inference: inferenceService({ catalog, ...queue, chosen }) },
      definitions: { inference: inferenceDefinition() },
    });
    closing.add(() => reconciler.stop());
    const nats = { ...natsOptions(config), name: 'inference' };
    closing.add(watchDeployments({ nats, log, onChange: traceparent => reconciler.wake(traceparent) }));
    // Closed first, so that no new calls arrive while the models are unloaded.
    closing.add(() => service.stop());
    reconciler.start();
    return { stop: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}
