import { type ComponentFamily, type ComponentKind, parseComponent, type RawComponent } from '@athanor/components';
import { canonicalJson, fromComponent } from '@athanor/contracts';
import type { Component } from '@athanor/contracts/api';
import type { ServingSettings, WarmUpSample } from '@athanor/contracts/registry';
import type { GpuMode } from '@athanor/runtime';
import { ISOLATION, type Isolation, type ProcessLimits, SCHEDULERS, type SchedulerKind } from '@athanor/serving';
import { LoadError } from './load-error.js';

/** A deployment's settings, parsed. */
export interface ServingPlan {
  readonly scheduler: { readonly kind: SchedulerKind; readonly parameters: unknown };
  readonly isolation: { readonly kind: Isolation; readonly limits: ProcessLimits };
  readonly instances: number;
  /** 0: chosen. */
  readonly threadsPerInstance: number;
  /** Undefined: as configured for the pool. */
  readonly gpu: GpuMode | undefined;
  /** Undefined: chosen. */
  readonly warmUp: readonly WarmUpSample[] | undefined;
  readonly labels: ReadonlyMap<string, readonly string[]>;
  /** Equal for equal settings. */
  readonly key: string;
}

const GPU_MODES = {
  GPU_UNSPECIFIED: undefined,
  GPU_OFF: 'off',
  GPU_PREFERRED: 'preferred',
  GPU_REQUIRED: 'required',
} as const;

const SCHEDULER: RawComponent = { kind: 'dynamic', parameters: {}, version: 0 };
const AUTO: RawComponent = { kind: 'auto', parameters: {}, version: 0 };

/** Throws LoadError for settings that this version does not know, for example of a newer registry. */
export function toServingPlan(settings: ServingSettings | null): ServingPlan {
  const scheduler = parse(SCHEDULERS, settings?.scheduler ?? null, SCHEDULER);
  const isolation = parse(ISOLATION, settings?.isolation ?? null, AUTO);
  const {
    instances = 0,
    threadsPerInstance = 0,
    gpu = 'GPU_UNSPECIFIED',
    warmUp = null,
    labels = null,
  } = settings ?? {};
  return {
    scheduler: { kind: scheduler.kind, parameters: scheduler.component.parameters },
    isolation: { kind: isolation.kind, limits: isolation.component.parameters as ProcessLimits },
    instances: Math.max(1, instances),
    threadsPerInstance,
    gpu: GPU_MODES[gpu as keyof typeof GPU_MODES],
    warmUp: warmUp?.samples.length ? warmUp.samples : undefined,
    labels: new Map(labels?.outputs.map(each => [each.output, each.labels])),
    key: canonicalJson({
      scheduler: { ...scheduler.component },
      isolation: { ...isolation.component },
      ...{ instances, threadsPerInstance, gpu },
      warmUp: warmUp?.samples.map(sample => ({
        ...sample,
        inputs: sample.inputs.map(input => ({ ...input, raw: input.raw.toString('base64') })),
      })),
      labels,
    } as object),
  };
}

function parse<K extends ComponentKind>(
  family: ComponentFamily<K>,
  component: Component | null,
  fallback: RawComponent,
) {
  const parsed = parseComponent(family, component === null ? fallback : fromComponent(component));
  if (parsed.ok) return parsed;
  const problems = parsed.problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new LoadError(`the deployment's settings cannot be used by this version of inference: ${problems}`);
}
