import type { Component, ComponentInput } from './gen/athanor/api/v1/Component.js';
import { fromStruct, type JsonObject, toStruct } from './struct.js';

/** A component as plain JSON. */
export interface PlainComponent {
  readonly kind: string;
  readonly parameters: JsonObject;
  /** 0: the newest. */
  readonly version: number;
}

export function fromComponent({ kind, parameters, version }: Component): PlainComponent {
  return { kind, parameters: fromStruct(parameters), version };
}

/** `parameters` must be JSON. */
export function toComponent(component: {
  readonly kind: string;
  readonly parameters: unknown;
  readonly version: number;
}): ComponentInput {
  const { kind, parameters, version } = component;
  return { kind, parameters: toStruct(parameters as object), version };
}

/** Of the same kind, with the same parameters. */
export function isSameComponent(a: Component | null, b: Component | null): boolean {
  return JSON.stringify(a && fromComponent(a)) === JSON.stringify(b && fromComponent(b));
}
