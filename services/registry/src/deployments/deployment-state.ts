import { canonicalJson } from '@athanor/contracts';
import type { Signature } from '@athanor/contracts/api';
import { type FieldViolation, invalidFields } from '@athanor/service/errors';
import { DEFAULT_SETTINGS, type ServingSettings, type StatedSettings } from '../serving/serving-settings.js';

/** What a deployment serves: a version, or the one that an alias points to. */
export interface DeploymentTarget {
  readonly modelName: string;
  /** Empty if the version is set. */
  readonly alias: string;
  /** 0 if the alias is set. */
  readonly version: number;
}

/** Everything about a deployment that its owner decides; each change of it is a revision. */
export interface DeploymentState extends DeploymentTarget {
  readonly serving: ServingSettings;
  readonly stopped: boolean;
}

/** What a request states; everything else stays as it is. */
export interface RequestedChange {
  readonly target: DeploymentTarget;
  readonly stated: StatedSettings;
  readonly reset: readonly (keyof ServingSettings)[];
  readonly stopped: boolean | undefined;
}

/** The version that a deployment serves now, as far as settings depend on it. */
export interface ServedVersion {
  readonly isImported: boolean;
  readonly signature: Pick<Signature, 'inputs' | 'outputs'>;
  readonly recommended: StatedSettings;
}

/** The target of a request; that of the deployment if the request names none. */
export function decideTarget(current: DeploymentTarget | undefined, requested: DeploymentTarget): DeploymentTarget {
  const { modelName, alias, version } = requested;
  const namesVersion = alias !== '' || version !== 0;
  if (!namesVersion && current !== undefined && (modelName === '' || modelName === current.modelName)) return current;
  if ((alias === '') === (version === 0)) {
    const description = `expected an alias or a version, got ${alias === '' ? 'neither' : 'both'}`;
    throw invalidFields([{ field: 'deployment.alias', description }]);
  }
  return { modelName: modelName === '' ? (current?.modelName ?? '') : modelName, alias, version };
}

/**
 * The state after a change. Parts that the request does not state are those of the deployment; of a new one what its
 * version recommends, then the defaults. `version` is undefined while an alias points to none.
 */
export function decideState(
  current: DeploymentState | undefined,
  target: DeploymentTarget,
  { stated, reset, stopped }: RequestedChange,
  version: ServedVersion | undefined,
): DeploymentState {
  const initial = { ...DEFAULT_SETTINGS, ...version?.recommended };
  const kept = Object.fromEntries(
    Object.entries(current?.serving ?? {}).filter(([part]) => !reset.includes(part as keyof ServingSettings)),
  ) as StatedSettings;
  const serving: ServingSettings = { ...initial, ...kept, ...stated };
  if (version !== undefined) checkFits(serving, stated, version);
  return { ...target, serving, stopped: stopped ?? current?.stopped ?? false };
}

/** A change that changes nothing is no revision. */
export function isSameState(a: DeploymentState, b: DeploymentState): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

/** Names that a request states must exist in the version; kept ones may be those of another version. */
function checkFits(serving: ServingSettings, stated: StatedSettings, version: ServedVersion): void {
  const violations: FieldViolation[] = [];
  if (serving.isolation.kind === 'thread' && version.isImported) {
    const description = `expected auto or process for an imported model, got 'thread': a graph that was not built here could crash the server; set --isolation process`;
    violations.push({ field: 'deployment.serving.isolation.kind', description });
  }
  const { inputs, outputs } = version.signature;
  for (const [index, { output }] of (stated.labels?.outputs ?? []).entries())
    violations.push(...unknownName(`labels.outputs[${index}].output`, output, outputs));
  for (const [index, sample] of (stated.warmUp?.samples ?? []).entries()) {
    for (const [at, { name }] of sample.inputs.entries())
      violations.push(...unknownName(`warm_up.samples[${index}].inputs[${at}].name`, name, inputs));
  }
  if (violations.length > 0) throw invalidFields(violations);
}

function unknownName(field: string, name: string, known: readonly { readonly name: string }[]): FieldViolation[] {
  if (known.some(each => each.name === name)) return [];
  const names = known.map(each => each.name).join(', ');
  return [{ field: `deployment.serving.${field}`, description: `expected one of ${names}, got '${name}'` }];
}
