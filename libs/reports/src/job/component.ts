import { fromComponent } from '@athanor/contracts';
import type { Component } from '@athanor/contracts/api';
import { type Html, html } from '../html/markup.js';
import { userText } from '../html/user-text.js';

/** "mlp: hidden 64,64", with its parameters as the command line names them. */
export function componentText(component: Component | null): Html {
  if (component === null) return html`–`;
  const { kind, parameters } = fromComponent(component);
  const shown = Object.entries(parameters).map(([name, value], index) => {
    const text = typeof value === 'string' ? value : Array.isArray(value) ? value.join(',') : JSON.stringify(value);
    return html`${index === 0 ? ': ' : ', '}${toKebab(name)} ${userText(text, 80)}`;
  });
  return html`${userText(kind)}<span class="muted">${shown}</span>`;
}

function toKebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
}
