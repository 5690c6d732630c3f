import { fromComponent, type Json, toKebab } from '@athanor/contracts';
import type { Component } from '@athanor/contracts/api';
import { type Content, type Html, html } from '../html/markup.js';
import { userText } from '../html/user-text.js';

/** "mlp: hidden 64,64", with its parameters as the command line names them. */
export function componentText(component: Component | null): Html {
  if (component === null) return html`–`;
  const { kind, parameters } = fromComponent(component);
  const shown = parameterTexts(parameters, '');
  return html`${userText(kind)}${shown.length === 0 ? '' : html`<span class="muted">: ${userText(shown.join(', '), MAX_CHARACTERS)}</span>`}`;
}

/** Several, one after the other; empty if there are none. */
export function componentTexts(components: readonly Component[]): Content {
  return components.length === 0
    ? ''
    : components.map((each, index) => html`${index > 0 ? '; ' : ''}${componentText(each)}`);
}

const MAX_CHARACTERS = 500;

function parameterTexts(parameters: Readonly<Record<string, Json>>, prefix: string): string[] {
  return Object.entries(parameters).flatMap(([name, value]) => {
    const path = `${prefix}${toKebab(name)}`;
    if (Array.isArray(value)) return [`${path} ${value.join(',')}`];
    if (value === null || typeof value !== 'object') return [`${path} ${value}`];
    return parameterTexts(value as Readonly<Record<string, Json>>, `${path}.`);
  });
}
