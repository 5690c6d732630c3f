// Which deployments a pool serves. The registry says what is wanted; a pool's values say which part of it is wanted there.
import type { ResolvedDeployment } from '@athanor/contracts/registry';

/** What selectors look at. */
export interface Selectable {
  /** The name on the wire. */
  readonly name: string;
  readonly modelName: string;
  /** Empty where the deployment is bound to a version. */
  readonly alias: string;
  /** 0 where it follows an alias. */
  readonly version: number;
}

export type Selector = (deployment: Selectable) => boolean;

const NAME = '[A-Za-z0-9][A-Za-z0-9._-]*';
const DEPLOYMENT = new RegExp(`^${NAME}$`);
const MODEL = new RegExp(`^(${NAME})@(${NAME})$`);

/**
 * "*" selects everything, "digits" the deployment of that name, "digits@champion" what serves the model's alias, and
 * "digits@3" its version. Throws with what is wrong.
 */
export function parseSelector(text: string): Selector {
  if (text === '*') return () => true;
  if (DEPLOYMENT.test(text)) return ({ name }) => name === text;
  const [, model, target] = MODEL.exec(text) ?? [];
  if (model === undefined || target === undefined) {
    throw new Error(`expected "*", a deployment's name, or model@alias or model@version, got '${text}'`);
  }
  return ({ modelName, alias, version }) =>
    modelName === model && (alias === target || (alias === '' && String(version) === target));
}

/** Selects what any of the texts selects. */
export function parseSelectors(texts: readonly string[]): Selector {
  const selectors = texts.map(parseSelector);
  return deployment => selectors.some(selects => selects(deployment));
}

export function toSelectable({ deployment }: ResolvedDeployment): Selectable {
  const { name = '', modelName = '', alias = '', version = 0 } = deployment ?? {};
  return { name, modelName, alias, version };
}
