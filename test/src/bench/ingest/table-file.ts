// Tables of the benchmark, the same on every machine.
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const CHUNK_ROWS = 10_000;
const CITIES = ['Berlin', 'Paris', 'London', 'Rome', 'Madrid', 'Vienna', 'Prague', 'Oslo'];

/** Ten columns: a key, whole and decimal numbers with missing values, categories, a boolean, a date, a text, a class. */
export async function writeMixedTable(path: string, rows: number): Promise<void> {
  const random = xorshift(1);
  await write(path, 'id,age,income,score,city,job,active,when,note,target\n', rows, index => {
    const age = 17 + (random() % 73);
    const income = age % 17 === 0 ? '' : ((random() % 9_000_000) / 100).toFixed(2);
    const score = (random() / 2 ** 32 - 0.5).toFixed(12);
    const day = new Date(1_577_836_800_000 + (random() % 100_000_000) * 1_000).toISOString().slice(0, 19);
    const city = CITIES[random() % CITIES.length];
    const isActive = random() % 2 === 1;
    const target = random() % 2 === 1 ? 'yes' : 'no';
    const texts = `${city},job-${random() % 200},${isActive},${day},note ${index % 9_973} text,${target}`;
    return `${index},${age},${income},${score},${texts}\n`;
  });
}

export async function writeBinaryTable(path: string, rows: number): Promise<void> {
  const random = xorshift(2);
  await write(path, 'x,y\n', rows, () => `${random() % 2},${random() % 2}\n`);
}

async function write(path: string, header: string, rows: number, row: (index: number) => string): Promise<void> {
  const chunks = function* () {
    yield header;
    for (let begin = 0; begin < rows; begin += CHUNK_ROWS) {
      const lines: string[] = [];
      for (let index = begin; index < Math.min(rows, begin + CHUNK_ROWS); index++) lines.push(row(index));
      yield lines.join('');
    }
  };
  await pipeline(Readable.from(chunks()), createWriteStream(path));
}

/** Marsaglia 2003: 32-bit numbers. */
function xorshift(seed: number): () => number {
  let state = seed * 2_654_435_769;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
