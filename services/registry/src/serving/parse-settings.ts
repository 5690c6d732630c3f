import { parseComponent } from '@athanor/components';
import { fromComponent, type PlainComponent } from '@athanor/contracts';
import type { ServingSettings as ServingMessage } from '@athanor/contracts/registry';
import type { FieldViolation } from '@athanor/service/errors';
import { parseLabels } from './parse-labels.js';
import { parseWarmUp } from './parse-warm-up.js';
import { type AddViolation, SETTING_FAMILIES, type StatedSettings } from './serving-settings.js';

/** Each instance is a session with its own weights, and with isolation a process of its own. */
const MAX_INSTANCES = 64;
const MAX_THREADS = 256;

export interface ParsedSettings {
  readonly stated: StatedSettings;
  readonly violations: readonly FieldViolation[];
}

/** Settings before any check, with components as plain JSON. */
export interface RawSettings extends Omit<ServingMessage, 'scheduler' | 'isolation'> {
  readonly scheduler: PlainComponent | null;
  readonly isolation: PlainComponent | null;
}

/** The parts that a message states, with the defaults of components filled in; all problems together. */
export function parseSettings(message: ServingMessage | null, field: string): ParsedSettings {
  if (message === null) return { stated: {}, violations: [] };
  const { scheduler, isolation } = message;
  const plain = { scheduler: scheduler && fromComponent(scheduler), isolation: isolation && fromComponent(isolation) };
  return checkSettings({ ...message, ...plain }, field);
}

export function checkSettings(raw: RawSettings, field: string): ParsedSettings {
  const violations: FieldViolation[] = [];
  const add: AddViolation = (name, description) => violations.push({ field: `${field}.${name}`, description });
  const component = (name: keyof typeof SETTING_FAMILIES): PlainComponent | undefined => {
    const given = raw[name];
    if (given === null) return undefined;
    const parsed = parseComponent(SETTING_FAMILIES[name], given, `${field}.${name}`);
    if (parsed.ok) return parsed.component as PlainComponent;
    for (const { path, message: description } of parsed.problems) violations.push({ field: path, description });
    return undefined;
  };
  const { instances, threadsPerInstance, gpu } = raw;
  if (instances < 0 || instances > MAX_INSTANCES)
    add(
      'instances',
      `expected 1 to ${MAX_INSTANCES}, got ${instances}; each instance holds the whole model in memory. For more throughput raise the scheduler's maxBatchSize first, then add replicas of the inference service`,
    );
  if (threadsPerInstance < 0 || threadsPerInstance > MAX_THREADS)
    add(
      'threads_per_instance',
      `expected 1 to ${MAX_THREADS}, or 0 to leave it as it is, got ${threadsPerInstance}; more threads than cores make a run slower`,
    );
  const warmUp = raw.warmUp && parseWarmUp(raw.warmUp, add);
  const labels = raw.labels && parseLabels(raw.labels, add);
  const stated: StatedSettings = {
    ...definedOnly({ scheduler: component('scheduler'), isolation: component('isolation') }),
    ...(instances !== 0 && { instances }),
    ...(threadsPerInstance !== 0 && { threadsPerInstance }),
    ...(gpu !== 'GPU_UNSPECIFIED' && { gpu }),
    ...(warmUp && { warmUp }),
    ...(labels && { labels }),
  };
  return { stated, violations };
}

function definedOnly<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
