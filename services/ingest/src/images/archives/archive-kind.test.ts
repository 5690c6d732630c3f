import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { describe, expect, it } from 'vitest';
import { archiveKindOf } from './archive-kind.js';

const zipHead = (name: string) =>
  Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(26), Buffer.from(name)]);
const tar = () => packTar([{ header: { name: 'a/1.png', size: 3 }, body: 'png' }]);

describe('the kind of an archive', () => {
  it('is zip, but not of a document that is packed as one', () => {
    expect(archiveKindOf(zipHead('cat/1.jpg'))).toEqual({ kind: 'zip' });
    for (const name of ['[Content_Types].xml', '_rels/.rels', 'xl/workbook.xml', 'mimetypeapplication/vnd.oasis'])
      expect(archiveKindOf(zipHead(name))).toBeUndefined();
    expect(archiveKindOf(Buffer.from('PK\x05\x06', 'latin1'))).toBeUndefined();
  });

  it('is tar, plain or compressed, also if it is damaged further on', async () => {
    const plain = await tar();
    expect(archiveKindOf(plain)).toEqual({ kind: 'tar', compression: 'none' });
    const random = Buffer.from(Array.from({ length: 20_000 }, (_, at) => (at * at * 7 + (at >> 3)) % 251));
    const packed = gzipSync(Buffer.concat([plain, random]));
    packed.fill(0, packed.length - 1_000);
    expect(packed.length).toBeGreaterThan(1_200);
    expect(archiveKindOf(packed)).toEqual({ kind: 'tar', compression: 'gzip' });
  });

  it('is none for a table', () => {
    expect(archiveKindOf(Buffer.from('a,b\n1,2\n'))).toBeUndefined();
    expect(archiveKindOf(gzipSync('a,b\n1,2\n'))).toBeUndefined();
    expect(archiveKindOf(new Uint8Array(0))).toBeUndefined();
  });
});
