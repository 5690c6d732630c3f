import { createStub } from '@athanor/client';
import { publishEvent } from '@athanor/events/tail';
import { changeDeployment, listDeployments, parseSelectors, toSelectable, watchDeployments } from '@athanor/placement';
import { chooseProvider } from '@athanor/runtime';
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
import { DataPlane } from './data-plane/data-plane.js';
import { Catalog } from './deployments/catalog.js';
import { thisProcess } from './deployments/describe-deployment.js';
import { followChange } from './deployments/follow-change.js';
import { LoadQueue } from './deployments/load-queue.js';
import { loadVersion } from './deployments/load-version.js';
import { Reconciler } from './deployments/reconciler.js';
import { reportQuarantine } from './deployments/report-quarantine.js';
import { Retirement } from './deployments/retirement.js';
import { fromResolved } from './deployments/wanted-deployment.js';
import { availableCpus, availableMemory } from './instances/machine-limits.js';
import { MemoryBudget } from './instances/memory-budget.js';
import { filesFetcher } from './model-files/fetch-files.js';
import { ModelFolders } from './model-files/model-folders.js';
import { createInstruments, observeProvider } from './telemetry/instruments.js';
import { inferenceDefinition } from './transports/grpc/definition.js';
import { inferenceService } from './transports/grpc/inference-service.js';
import { statusService } from './transports/grpc/status-service.js';

export interface AppOptions {
  readonly config: InferenceConfig;
}

const DEFAULT_MEMORY_SHARE = 0.75;

/** Composition root: opens what inference needs, and closes it again if a later step fails. */
export async function startInference({ config }: AppOptions): Promise<App> {
  const closing = new Closing();
  try {
    const { LOG_LEVEL: logLevel, OTLP_ENDPOINT: otlpEndpoint } = config;
    // No active span is needed here: a call's own span is in its context.
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
    const nats = { ...natsOptions(config), name: 'inference' };
    const isServedHere = parseSelectors(config.POOL_MODELS);
    const catalog = new Catalog();
    const folders = new ModelFolders(filesFetcher(registry));
    closing.add(() => folders.close());
    const ownLimit = config.MODEL_MEMORY_MB === undefined ? undefined : config.MODEL_MEMORY_MB * 1024 ** 2;
    const budget = new MemoryBudget({ limitBytes: ownLimit ?? availableMemory() * DEFAULT_MEMORY_SHARE, log });
    closing.add(() => budget.close());
    const instruments = createInstruments(telemetry.meter, catalog);
    const loading = { folders, budget, instruments, gpu: config.GPU, cpus: availableCpus() };
    const queue = new LoadQueue();
    const place = thisProcess(config.POOL);
    const reconciler = new Reconciler({
      ...{ catalog, intervalMs: config.RECONCILE_INTERVAL_MS, log, retirement: new Retirement(log) },
      async list(context) {
        const deployments = await listDeployments(registry, context);
        return deployments.filter(each => isServedHere(toSelectable(each))).map(fromResolved);
      },
      load: target => queue.run(() => loadVersion(target, loading)),
      onReady: () => service.setReady(true),
      onQuarantined: reportQuarantine({ instruments, log, place, publish: event => publishEvent(nats, event) }),
    });
    const change = followChange({
      change: (context, request) => changeDeployment(registry, context, request),
      ...{ catalog, wake: () => reconciler.wake() },
    });
    const dependencies = { plane: new DataPlane(catalog), catalog, change, process: place };
    const service = await startService({
      ...{ name: 'inference', config, telemetry },
      services: { inference: inferenceService(dependencies), inferenceStatus: statusService(dependencies) },
      definitions: { inference: inferenceDefinition() },
    });
    closing.add(() => reconciler.stop());
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
