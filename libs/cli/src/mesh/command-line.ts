/** A command for the user to type, with the program's own options first and the home folder quoted if necessary. */
export function commandLine(words: string, home?: string): string {
  return home === undefined ? `athanor ${words}` : `athanor --home ${shellWord(home)} ${words}`;
}

/** Quoted for a POSIX shell unless it needs no quotes. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
