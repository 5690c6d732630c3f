// Options of `deployment set` as a request. What is not named stays as it is.

import { readFile } from 'node:fs/promises';
import { fromComponent, type PlainComponent, toComponent } from '@athanor/contracts';
import type { ComponentKind } from '@athanor/contracts/api';
import type {
  Deployment,
  DeploymentInput,
  ServingSettingsInput,
  SetDeploymentRequestInput,
} from '@athanor/contracts/registry';
import { type GivenParameter, readComponent } from '../components/component-options.js';
import { usageError } from '../exit-codes.js';
import { readText } from '../infer/json-inputs.js';
import { readWarmUp } from './warm-up-option.js';

export const SETTING_FAMILIES = ['scheduler', 'isolation'] as const;
type Family = (typeof SETTING_FAMILIES)[number];

export interface SetOptions {
  readonly model?: string;
  readonly alias?: string;
  readonly version?: number;
  readonly instances?: number;
  readonly threads?: number;
  readonly gpu?: 'required' | 'preferred' | 'off';
  readonly scheduler?: string;
  readonly isolation?: string;
  /** "output=file", each. */
  readonly labels?: readonly string[];
  readonly warmUp?: string;
  readonly reset?: readonly string[];
  readonly start?: boolean;
  readonly stop?: boolean;
}

const GPU = { required: 'GPU_REQUIRED', preferred: 'GPU_PREFERRED', off: 'GPU_OFF' } as const;

export interface TypedChange {
  readonly name: string;
  readonly options: SetOptions;
  /** Parameters of components. */
  readonly given: readonly GivenParameter[];
  readonly kinds: readonly ComponentKind[];
}

/** `current` is null for a new deployment. */
export async function toSetRequest(
  { name, options, given, kinds }: TypedChange,
  current: Deployment | null,
): Promise<SetDeploymentRequestInput> {
  const { instances = 0, threads: threadsPerInstance = 0, gpu, reset = [] } = options;
  const component = (family: Family) => {
    const before = current?.serving?.[family];
    const typed = { family, kind: options[family], given, kinds };
    const read: PlainComponent | undefined = readComponent({
      ...typed,
      current: before ? fromComponent(before) : undefined,
    });
    return read && toComponent(read);
  };
  const [scheduler, isolation] = [component('scheduler'), component('isolation')];
  const serving: ServingSettingsInput = {
    ...(scheduler && { scheduler }),
    ...(isolation && { isolation }),
    ...{ instances, threadsPerInstance },
    ...(gpu && { gpu: GPU[gpu] }),
    ...(options.labels && { labels: { outputs: await mergeLabels(options.labels, current) } }),
    ...(options.warmUp !== undefined && {
      warmUp: { samples: readWarmUp(await readText('--warm-up', options.warmUp)) },
    }),
  };
  const stopped = options.stop ? true : options.start ? false : undefined;
  const deployment: DeploymentInput = {
    ...{ name, serving, ...targetOf(name, options, current) },
    ...(stopped !== undefined && { stopped }),
  };
  // What was merged here with what was read must not replace what somebody else has set meanwhile.
  const isMerged = options.labels !== undefined || given.some(({ family }) => options[family as Family] === undefined);
  return {
    deployment,
    ...(reset.length > 0 && { resetMask: { paths: reset.map(toMaskPath) } }),
    ...(isMerged && { expectedRevision: current?.revision ?? 0 }),
  };
}

/** Of a new deployment the model of the same name and its champion; of an existing one nothing unless it is named. */
function targetOf(
  name: string,
  { model, alias, version }: SetOptions,
  current: Deployment | null,
): Pick<DeploymentInput, 'modelName' | 'alias' | 'version'> {
  const [, modelName = '', reference] = /^([^@:]*)(?:[@:](.+))?$/.exec(model ?? '') ?? [];
  if (reference !== undefined && (alias !== undefined || version !== undefined))
    throw usageError(`--model ${model} names a version already; leave out --alias and --version`);
  const named = reference ?? alias ?? (version === undefined ? undefined : String(version));
  if (named !== undefined) return { modelName: modelName || (current?.modelName ?? name), ...versionOf(named) };
  if (current !== null && (modelName === '' || modelName === current.modelName)) return {};
  return { modelName: modelName || name, alias: 'champion' };
}

/** An alias cannot read like a number, so name@2 means the version. */
function versionOf(reference: string): Pick<DeploymentInput, 'alias' | 'version'> {
  const [, number] = /^v?(\d+)$/.exec(reference) ?? [];
  return number === undefined ? { alias: reference } : { version: Number(number) };
}

/** Labels of the outputs that are named; those of the others stay. "output=" removes them. */
async function mergeLabels(given: readonly string[], current: Deployment | null) {
  const outputs = new Map((current?.serving?.labels?.outputs ?? []).map(each => [each.output, each.labels]));
  for (const text of given) {
    const at = text.indexOf('=');
    if (at <= 0) throw usageError(`--labels: expected output=file, got '${text}'`);
    const [output, path] = [text.slice(0, at), text.slice(at + 1)];
    if (path === '') outputs.delete(output);
    else outputs.set(output, await readLabels(path));
  }
  return [...outputs].map(([output, labels]) => ({ output, labels }));
}

/** One name per line. */
async function readLabels(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(error => {
    throw usageError(`--labels: ${path} cannot be read: ${(error as Error).message}`, error);
  });
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  while (lines.at(-1)?.trim() === '') lines.pop();
  return lines;
}

/** "threads" as the option is called. */
function toMaskPath(part: string): string {
  return part === 'threads' ? 'threads_per_instance' : part.replaceAll('-', '_');
}
