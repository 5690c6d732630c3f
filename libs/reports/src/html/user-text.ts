import { type Html, html } from './markup.js';

const MAX_CHARACTERS = 60;

// Control characters, line and paragraph separators, and those that change the direction of the text around them.
const INVISIBLE = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu;

/** A name or value from a user: isolated from the direction of the text around it, shortened, nothing invisible. */
export function userText(text: string, maxCharacters = MAX_CHARACTERS): Html {
  if (text === '') return html`<i class="muted">empty text</i>`;
  return html`<bdi>${shorten(text, maxCharacters)}</bdi>`;
}

/** For attributes and plots. */
export function shorten(text: string, maxCharacters = MAX_CHARACTERS): string {
  // A character has at most two units; only what may be shown is split.
  const start = [...text.slice(0, 2 * maxCharacters + 2)];
  const isLong = start.length > maxCharacters;
  const shown = (isLong ? start.slice(0, maxCharacters - 1) : start).join('').replaceAll(INVISIBLE, toEscape);
  return isLong ? `${shown}…` : shown;
}

function toEscape(character: string): string {
  return `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`;
}

/** Names separated by commas; those above the limit as a number. */
export function userTexts(texts: readonly string[], limit = 20): Html {
  const shown = texts.slice(0, limit).map((text, index) => html`${index === 0 ? '' : ', '}${userText(text)}`);
  const more = texts.length - shown.length;
  return html`${shown}${more > 0 ? ` and ${more.toLocaleString('en-US')} more` : ''}`;
}
