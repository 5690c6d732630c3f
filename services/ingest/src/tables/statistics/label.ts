const MAX_CHARACTERS = 60;

/** A value that is stored with each column or target: cut, so that a version's message stays small. */
export function toLabel(text: string): string {
  if (text.length <= MAX_CHARACTERS) return text;
  const start = [...text.slice(0, 2 * MAX_CHARACTERS + 2)];
  return start.length > MAX_CHARACTERS ? `${start.slice(0, MAX_CHARACTERS - 1).join('')}…` : text;
}
