/** MurmurHash3 x86 32-bit of the UTF-8 bytes, seed 0 (Appleby 2011), as a signed integer: scikit-learn's hash. */
export function murmurHash(text: string): number {
  const bytes = Buffer.from(text);
  const blocks = bytes.length >>> 2;
  let hash = 0;
  for (let block = 0; block < blocks; block++) {
    hash ^= scramble(bytes.readUInt32LE(4 * block));
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64;
  }
  let tail = 0;
  for (let index = bytes.length - 1; index >= 4 * blocks; index--) tail = (tail << 8) | bytes[index]!;
  hash ^= scramble(tail) ^ bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function scramble(block: number): number {
  const product = Math.imul(block, 0xcc9e2d51);
  return Math.imul((product << 15) | (product >>> 17), 0x1b873593);
}
