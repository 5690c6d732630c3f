/** A command for the user to type: the program's own options before it, and the home quoted where the shell asks for it. */
export function commandLine(words: string, home?: string): string {
  return home === undefined ? `athanor ${words}` : `athanor --home ${shellWord(home)} ${words}`;
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
