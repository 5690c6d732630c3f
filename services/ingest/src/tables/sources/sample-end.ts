// The beginning of a table that a plan looks at: text is cut after a whole record.

import { open, truncate } from 'node:fs/promises';

const [LINE_FEED, RETURN, QUOTE, BACKSLASH] = [10, 13, 0x22, 0x5c];

export interface TextExtent {
  readonly bytes: number;
  readonly lines: number;
}

/** Cuts a file of records, or an array of JSON objects, after its last complete record; its size and lines afterwards. */
export async function cutAfterRecord(path: string): Promise<TextExtent> {
  const bytes = await readAll(path);
  const isArray = firstCharacter(bytes) === '[';
  const end = isArray ? endOfLastObject(bytes) : endOfLastLine(bytes);
  await truncate(path, end);
  if (isArray) {
    const file = await open(path, 'a');
    await file.write(']');
    await file.close();
  }
  return { bytes: end, lines: countLines(bytes.subarray(0, end)) };
}

export async function measureText(path: string): Promise<TextExtent> {
  const bytes = await readAll(path);
  return { bytes: bytes.length, lines: countLines(bytes) };
}

async function readAll(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function firstCharacter(bytes: Buffer): string | undefined {
  return bytes
    .subarray(0, 4096)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart()[0];
}

/** After the last line end outside of quotes; where quotes are not balanced, after the last one. */
function endOfLastLine(bytes: Buffer): number {
  const last = Math.max(bytes.lastIndexOf(LINE_FEED), bytes.lastIndexOf(RETURN)) + 1;
  let isQuoted = false;
  let end = 0;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (byte === QUOTE) isQuoted = !isQuoted;
    else if ((byte === LINE_FEED || byte === RETURN) && !isQuoted) end = index + 1;
  }
  const isUnbalanced = end < last / 2;
  return (isUnbalanced ? last : end) || bytes.length;
}

/** After the last complete object of an array; there the array is closed. */
function endOfLastObject(bytes: Buffer): number {
  let depth = 0;
  let end = bytes.indexOf('[') + 1;
  let isText = false;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (isText && byte === BACKSLASH) index++;
    else if (byte === QUOTE) isText = !isText;
    else if (isText) continue;
    else if (byte === 0x7b || byte === 0x5b) depth++;
    else if ((byte === 0x7d || byte === 0x5d) && --depth === 1) end = index + 1;
  }
  return end;
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) lines++;
  return lines;
}
