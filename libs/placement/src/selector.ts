// Selects the deployments that a pool serves. The registry has the desired state; a pool's values select a part of it.
import type { ResolvedDeployment } from '@athanor/contracts/registry';

/** The properties that selectors match. */
export interface Selectable {
  /** The name on the wire. */
  readonly name: string;
  readonly modelName: string;
  /** Empty if the deployment has a fixed version. */
  readonly alias: string;
  /** 0 if it follows an alias. */
  readonly version: number;
}

export type Selector = (deployment: Selectable) => boolean;

const NAME = '[A-Za-z0-9][A-Za-z0-9._-]*';
const DEPLOYMENT = new RegExp(`^${NAME}$`);
const MODEL = new RegExp(`^(${NAME})@(${NAME})$`);

/**
 * "*" selects everything, "digits" the deployment of that name, "digits@champion" deployments of the model's alias, and
 * "digits@3" those of its version. Throws an error that says what is wrong.
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

/** Selects the union of the selectors. */
export function parseSelectors(texts: readonly string[]): Selector {
  const selectors = texts.map(parseSelector);
  return deployment => selectors.some(selects => selects(deployment));
}

export function toSelectable({ deployment }: ResolvedDeployment): Selectable {
  const { name = '', modelName = '', alias = '', version = 0 } = deployment ?? {};
  return { name, modelName, alias, version };
}
