import { type ComponentFamily, parseComponent } from '@athanor/components';
import type { PlainComponent } from '@athanor/contracts';
import type { ServingSettings as ServingMessage } from '@athanor/contracts/registry';
import { ISOLATION, SCHEDULERS } from '@athanor/serving';

export type Gpu = ServingMessage['gpu'];

export interface WarmUpTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly content: 'CONTENT_ZERO' | 'CONTENT_RANDOM' | 'CONTENT_RAW';
  /** Base64; empty unless the content is raw. */
  readonly raw: string;
}

export interface WarmUpSample {
  readonly batchSize: number;
  readonly inputs: readonly WarmUpTensor[];
  readonly count: number;
}

/** The names of an output's classes. */
export interface OutputLabels {
  readonly output: string;
  readonly labels: readonly string[];
}

/** How a deployment is served, as JSON, with nothing left open. */
export interface ServingSettings {
  readonly scheduler: PlainComponent;
  readonly isolation: PlainComponent;
  readonly instances: number;
  /** 0: as the server decides. */
  readonly threadsPerInstance: number;
  readonly gpu: Gpu;
  readonly warmUp: { readonly samples: readonly WarmUpSample[] };
  readonly labels: { readonly outputs: readonly OutputLabels[] };
}

/** The parts that a request, or an imported artifact, states. */
export type StatedSettings = Partial<ServingSettings>;

/** Adds what is wrong with a field of the settings. */
export type AddViolation = (field: string, description: string) => void;

export const SETTING_FAMILIES: Readonly<Record<'scheduler' | 'isolation', ComponentFamily>> = {
  scheduler: SCHEDULERS,
  isolation: ISOLATION,
};

/** Of a new deployment, and of one that was stored before deployments had settings. */
export const DEFAULT_SETTINGS: ServingSettings = {
  scheduler: withDefaults('scheduler', 'dynamic'),
  isolation: withDefaults('isolation', 'auto'),
  instances: 1,
  threadsPerInstance: 0,
  gpu: 'GPU_UNSPECIFIED',
  warmUp: { samples: [] },
  labels: { outputs: [] },
};

function withDefaults(family: keyof typeof SETTING_FAMILIES, kind: string): PlainComponent {
  const parsed = parseComponent(SETTING_FAMILIES[family], { kind, parameters: {}, version: 0 });
  if (!parsed.ok) throw new Error(`the ${family} '${kind}' has parameters without defaults`);
  return parsed.component as PlainComponent;
}
