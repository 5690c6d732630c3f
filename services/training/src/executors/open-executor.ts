import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TrainingConfig } from '../config.js';
import type { AttemptChannel, Executor, OnEnd } from './executor.js';
import { createKubernetesApi } from './kubernetes/api.js';
import { createKubernetesExecutor } from './kubernetes/executor.js';
import { readJobTemplate } from './kubernetes/job-object.js';
import { createLocalExecutor } from './local.js';

const RUNNER_PATH = fileURLToPath(new URL('../runner/main.js', import.meta.url));

export type CreateExecutor = (onEnd: OnEnd) => Executor;

/** Creates the configured executor. @param port the service's own, for attempts on this machine. */
export async function openExecutor(config: TrainingConfig, port: number): Promise<CreateExecutor> {
  const channel = {
    address: config.ATTEMPT_ADDRESS ?? `127.0.0.1:${port}`,
    caFile: config.ATTEMPT_CA_FILE ?? config.MESH_CA_FILE,
  };
  return EXECUTORS[config.EXECUTOR](config, channel);
}

type Open = (config: TrainingConfig, channel: AttemptChannel) => Promise<CreateExecutor>;

const EXECUTORS: Readonly<Record<TrainingConfig['EXECUTOR'], Open>> = {
  async local({ SLOTS: slots, STOP_GRACE_MS: graceMs, GPU: gpu }, channel) {
    return onEnd => createLocalExecutor({ slots, runnerPath: RUNNER_PATH, graceMs, channel, gpu, onEnd });
  },

  async kubernetes(config, channel) {
    const { JOB_TEMPLATE_FILE: templateFile, SERVICE_ACCOUNT_FOLDER: folder, SLOTS: slots } = config;
    if (templateFile === undefined)
      throw new Error('JOB_TEMPLATE_FILE: required with EXECUTOR=kubernetes, but not set');
    if (config.ATTEMPT_ADDRESS === undefined)
      throw new Error(
        'ATTEMPT_ADDRESS: required with EXECUTOR=kubernetes, but not set; set the address under which pods reach this service',
      );
    const template = await readJobTemplate(templateFile);
    const namespace = config.JOB_NAMESPACE ?? (await readFile(join(folder, 'namespace'), 'utf8')).trim();
    const [tokenFile, caFile] = [join(folder, 'token'), join(folder, 'ca.crt')];
    const api = createKubernetesApi({ url: config.KUBERNETES_URL, tokenFile, caFile });
    return () => createKubernetesExecutor({ api, namespace, template, channel, slots });
  },
};
