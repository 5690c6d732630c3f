import { fromComponent, type Json, toKebab } from '@athanor/contracts';
import type { Component } from '@athanor/contracts/api';

/** A component in one line, for example "mlp: hidden 64,64". */
export function componentText(component: Component | null | undefined): string {
  if (component === null || component === undefined) return '';
  const { kind, parameters } = fromComponent(component);
  const given = Object.entries(parameters).filter(([, value]) => value !== null);
  const shown = given.map(([name, value]) => `${toKebab(name)} ${valueText(value)}`);
  return shown.length === 0 ? kind : `${kind}: ${shown.join(', ')}`;
}

function valueText(value: Json): string {
  if (Array.isArray(value)) return value.map(valueText).join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
