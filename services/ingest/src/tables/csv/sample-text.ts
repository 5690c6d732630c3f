// Parts of a text file: its beginning, and places all over it, so that a first guess of a column's type rarely fails.

import { open } from 'node:fs/promises';

export interface TextSample {
  /** Ends after a line, unless the file is one line. */
  readonly head: string;
  /** Whether `head` is the whole file. */
  readonly isWhole: boolean;
  /** Later parts, each from the beginning of a line (which may be inside of quotes) to the end of one. */
  readonly parts: readonly string[];
}

const HEAD_BYTES = 1024 * 1024;
const PART_BYTES = 32 * 1024;
const PARTS = 16;

export async function sampleText(path: string): Promise<TextSample> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const read = async (position: number, length: number) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
      return buffer.subarray(0, bytesRead);
    };
    const head = await read(0, HEAD_BYTES);
    if (size <= HEAD_BYTES) return { head: head.toString('utf8'), isWhole: true, parts: [] };
    const parts: string[] = [];
    for (let index = 1; index <= PARTS; index++) {
      const position = HEAD_BYTES + Math.floor(((size - HEAD_BYTES - PART_BYTES) * index) / PARTS);
      const lines = cutLines((await read(Math.max(0, position), PART_BYTES)).toString('latin1'));
      parts.push(Buffer.from(lines, 'latin1').toString('utf8'));
    }
    return { head: cutEnd(head).toString('utf8'), isWhole: false, parts };
  } finally {
    await file.close();
  }
}

/** Up to the last line end. */
function cutEnd(block: Buffer): Buffer {
  const end = Math.max(block.lastIndexOf(10), block.lastIndexOf(13));
  return end < 0 ? block : block.subarray(0, end + 1);
}

function cutLines(text: string): string {
  const begin = text.search(/[\r\n]/) + 1;
  const end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'));
  return end <= begin ? '' : text.slice(begin, end + 1);
}
