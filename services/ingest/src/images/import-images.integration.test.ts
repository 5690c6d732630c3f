import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { describe, expect, it } from 'vitest';
import { archiveChecks } from './checks/checks.js';
import { importArchive, picture, png, scene, type TestEntry, toSharp, zip } from './images.testkit.js';

const RED = [200, 20, 20] as const;
const BLUE = [20, 20, 200] as const;

async function pictures(count: number, folder: (index: number) => string, side = 16): Promise<TestEntry[]> {
  return await Promise.all(
    Array.from({ length: count }, async (_, index) => ({
      path: `${folder(index)}/${index}.png`,
      content: await png(side, side, index % 2 === 0 ? RED : BLUE, index),
    })),
  );
}

const twoClasses = (index: number) => (index % 2 === 0 ? 'red' : 'blue');
const detailOf = (found: { findings: readonly { check: string; detail: string }[] }, check: string) =>
  found.findings.find(each => each.check === check)?.detail;

describe('an archive of images', () => {
  it('has a row for each file, labelled by its folder, whose id leads back to the file', async () => {
    const result = await importArchive(zip(await pictures(4, twoClasses)));
    expect(result.columns.map(({ name, type, role }) => [name, type, role])).toEqual([
      ['image', { kind: 'vector', dtype: 'UINT8', shape: [16, 16, 3] }, 'input'],
      ['label', { kind: 'category' }, 'target'],
      ['path', { kind: 'text' }, 'id'],
    ]);
    expect(result.rows.get('train/1')).toEqual({
      ...{ split: 'train', label: 'blue', path: 'blue/1.png' },
      pixels: picture(16, 16, BLUE, 1),
    });
    expect(result.applied).toMatchObject({ height: 16, width: 16, channels: 3, colour: 'sRGB', labels: 'folders' });
  });

  it('takes its partitions from folders above the classes, also below a common folder', async () => {
    const place = (index: number) => ['data/train', 'data/val', 'data/test'][index % 3]!;
    const entries = await pictures(12, index => `${place(index)}/${index < 6 ? 'first' : 'second'}`);
    const result = await importArchive(zip(entries), {
      split: { validationFraction: 0.5, testFraction: 0.2, salt: '' },
    });
    expect(result.partitions).toEqual(['train', 'validation', 'test']);
    expect(result.splits.map(({ split, rows, classRows }) => [split, rows, classRows])).toEqual([
      ['train', 4, [2, 2]],
      ['validation', 4, [2, 2]],
      ['test', 4, [2, 2]],
    ]);
    expect(result.rows.get('validation/1')?.path).toBe('data/val/first/4.png');
  });

  it('is the same as zip, tar and tar.gz', async () => {
    const entries = await pictures(6, twoClasses);
    const tar = await packTar(
      entries.map(({ path, content }) => ({
        header: { name: path, size: content.length, mtime: new Date(0) },
        body: content as Uint8Array,
      })),
    );
    const results = [await importArchive(zip(entries)), await importArchive(tar), await importArchive(gzipSync(tar))];
    for (const { rows, splits } of results) {
      expect(rows).toEqual(results[0]!.rows);
      expect(splits).toEqual(results[0]!.splits);
    }
  });

  it('is labelled by a CSV in it: the folders say nothing then', async () => {
    const entries = await pictures(4, () => 'images');
    const csv =
      'File,Category,split\r\nimages/0.png,"a, b",train\r\nimages/1.png,c,train\r\nimages/2.png,c,test\r\nimages/9.png,c,train\r\n';
    const result = await importArchive(zip([...entries, { path: 'labels.csv', content: csv }]), { acceptLoss: true });
    expect([...result.rows.values()].map(({ path, label, split }) => [path, label, split])).toEqual([
      ['images/0.png', 'a, b', 'train'],
      ['images/1.png', 'c', 'train'],
      ['images/2.png', 'c', 'test'],
    ]);
    expect(detailOf(result, 'missing-file')).toBe('1 of 4 images in labels.csv are not in the archive: images/9.png');
    expect(result.quarantined.map(({ values }) => values)).toEqual([{ path: 'images/3.png', label: null }]);
    expect(result.applied.labels).toBe('labels.csv');
  });

  it('reports files that are no images instead of dropping them silently', async () => {
    const result = await importArchive(
      zip([
        ...(await pictures(4, twoClasses)),
        { path: '__MACOSX/red/._0.png', content: 'x' },
        { path: 'red/.DS_Store', content: 'x' },
        { path: 'readme.txt', content: 'x' },
      ]),
    );
    expect(detailOf(result, 'system-files')).toBe('2 hidden files are left out: __MACOSX/red/._0.png, red/.DS_Store');
    expect(detailOf(result, 'other-files')).toBe('1 files beside the 4 images are left out: readme.txt');
  });

  it('takes paths that climb out of the archive for labels only', async () => {
    const [first, ...rest] = await pictures(4, twoClasses);
    const result = await importArchive(zip([{ ...first!, path: '../../../tmp/red/0.png' }, ...rest]));
    expect(result.rows.get('train/0')).toMatchObject({ label: 'red', path: '../../../tmp/red/0.png' });
  });
});

describe('damaged files', () => {
  it('are quarantined with the reason and their path, and the others imported', async () => {
    const content = await png(16, 16, RED, 100);
    const huge = Buffer.from(content);
    // Width and height in the IHDR chunk.
    huge.writeUInt32BE(50_000, 16);
    huge.writeUInt32BE(50_000, 20);
    const jpeg = await toSharp(picture(64, 64, RED), 64, 64)
      .jpeg()
      .toBuffer();
    const flawed: TestEntry[] = [
      { path: 'red/crc.png', content, crc: 1 },
      { path: 'red/truncated.jpg', content: jpeg.subarray(0, jpeg.length / 2) },
      { path: 'red/huge.png', content: huge },
      { path: 'red/empty.png', content: '' },
      { path: 'red/text.jpg', content: 'not an image' },
      { path: 'red/encrypted.png', content, isPacked: true, isEncrypted: true },
      { path: 'red/bomb.png', content: new Uint8Array(4 * 1024 * 1024), isPacked: true },
      { path: 'red/size.png', content, isPacked: true, byteSize: 10 },
      { path: 'red/drawing.jpg', content: '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>' },
      {
        path: 'red/scan.tif',
        content: await toSharp(picture(16, 16, RED), 16, 16)
          .tiff()
          .toBuffer(),
      },
      { path: 'root.png', content },
    ];
    const entries = [...(await pictures(4, twoClasses)), ...flawed];
    const result = await importArchive(zip(entries), { acceptLoss: true });
    expect(result.rows.size).toBe(4);
    expect(result.rowsRead).toBe(15);
    const reasons = result.quarantined.map(({ values, reasons }) => [
      (values as { path: string }).path,
      (reasons as { check: string; detail: string }[]).map(({ check, detail }) => `${check}: ${detail}`).join(),
    ]);
    expect(reasons).toEqual([
      ['red/crc.png', 'damaged-image: red/crc.png differs from its checksum'],
      ['red/truncated.jpg', expect.stringMatching(/cannot be decoded: .*(premature end|truncated)/i)],
      ['red/huge.png', expect.stringMatching(/50000x50000 pixels|pixel limit/)],
      ['red/empty.png', 'damaged-image: red/empty.png is empty'],
      ['red/text.jpg', expect.stringMatching(/is no image that can be read \(jpeg, png, webp, gif\)/)],
      ['red/encrypted.png', 'damaged-image: red/encrypted.png is encrypted'],
      ['red/bomb.png', expect.stringMatching(/unpacks from \d+ to 4194304 bytes, as no image does/)],
      ['red/size.png', expect.stringMatching(/has not the 10 bytes that the archive says/)],
      ['red/drawing.jpg', expect.stringMatching(/is no image that can be read/)],
      ['red/scan.tif', expect.stringMatching(/is no image that can be read/)],
      ['root.png', expect.stringMatching(/^missing-label: /)],
    ]);
    expect(result.quarantined[1]).toMatchObject({ rowId: 'train/5', filename: 'images.zip', rowNumber: 6 });
    expect(result.findings.find(({ check }) => check === 'damaged-image')).toMatchObject({ rows: 10, removed: 10 });
  });

  it('end the import if they are more than 5 %, unless that is accepted', async () => {
    const entries = [...(await pictures(8, twoClasses)), { path: 'red/empty.png', content: '' }];
    await expect(importArchive(zip(entries))).rejects.toThrow(
      /^1 of 9 rows \(11.1 %\) would be removed: 1 by damaged-image/,
    );
  });

  it('end the import with their reasons if nothing else is there', async () => {
    const entries = [
      { path: 'a/1.png', content: '' },
      { path: 'b/2.png', content: 'x' },
    ];
    await expect(importArchive(zip(entries), { acceptLoss: true })).rejects.toThrow(
      /can be read and have a label, got none of 2: a\/1.png is empty; b\/2.png is no image/,
    );
  });

  it('end the import if it is the archive that is damaged', async () => {
    const content = zip(await pictures(4, twoClasses));
    await expect(importArchive(content.subarray(0, content.length - 30))).rejects.toThrow(
      /^images.zip: the zip archive is damaged or incomplete/,
    );
    const tar = await packTar([{ header: { name: 'a/1.png', size: 600 }, body: picture(20, 10, RED) }]);
    await expect(importArchive(tar.subarray(0, 900))).rejects.toThrow(/the tar archive is damaged or incomplete/);
    const gzip = gzipSync(tar);
    await expect(importArchive(gzip.subarray(0, gzip.length - 40))).rejects.toThrow(/the gzip file is damaged/);
  });
});

describe('an import is refused', () => {
  it('if all images have one class', async () => {
    await expect(importArchive(zip(await pictures(4, () => 'red')))).rejects.toThrow(
      /^expected images of several classes, but all 4 are in 'red'/,
    );
  });

  it('if there is no image, with what there is', async () => {
    await expect(importArchive(zip([{ path: 'table.csv', content: 'a,b\n1,2\n' }]))).rejects.toThrow(
      /^expected images .*, found table.csv; .*unpack tables/,
    );
  });

  it('if the only folders are partitions', async () => {
    await expect(importArchive(zip(await pictures(4, () => 'train')))).rejects.toThrow(
      /train\/0.png is in no folder that is named after its class/,
    );
  });

  it('if the archive unpacks to more than is allowed', async () => {
    const entries = await pictures(4, twoClasses);
    await expect(importArchive(zip(entries), { limits: { maxUnpackedBytes: 1000 } })).rejects.toThrow(
      /unpacks to more than the 1000 bytes/,
    );
  });

  it('if a CSV of labels has no column of labels, contradicts itself or is not there', async () => {
    const entries = await pictures(4, twoClasses);
    const withList = (content: string) => zip([...entries, { path: 'labels.csv', content }]);
    await expect(importArchive(withList('path,colour\nred/0.png,red\n'))).rejects.toThrow(
      /^labels.csv: expected a header .* got path, colour/,
    );
    await expect(importArchive(withList('path,label\nred/0.png,a\nred/0.png,b\n'))).rejects.toThrow(
      /line 3 has the label 'b'/,
    );
    const reading = { fit: 'cover', labelsFile: 'index.csv' } as const;
    await expect(importArchive(zip(entries), { reading })).rejects.toThrow(/expected the CSV of labels index.csv/);
  });
});

describe('checks', () => {
  it('find equal pixels within and across partitions, and images that look alike', async () => {
    const pixels = scene(64, 3);
    const equal = await toSharp(pixels, 64, 64).png().toBuffer();
    const alike = await toSharp(pixels, 64, 64).jpeg({ quality: 70 }).toBuffer();
    const others = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => ({
        path: `train/${twoClasses(index)}/${index}.png`,
        content: await toSharp(scene(64, index + 10), 64, 64)
          .png()
          .toBuffer(),
      })),
    );
    const entries: TestEntry[] = [
      { path: 'test/red/x.png', content: equal },
      { path: 'train/red/a.png', content: equal },
      { path: 'train/red/b.webp', content: await toSharp(pixels, 64, 64).webp({ lossless: true }).toBuffer() },
      { path: 'train/blue/c.jpg', content: alike },
      ...others,
    ];
    const result = await importArchive(zip(entries), { checks: archiveChecks([]) });
    const of = (check: string) => result.lines.filter(each => each.check === check).map(({ detail }) => detail);
    expect(of('duplicate')).toEqual(['same pixels as train/0 (train/red/a.png)']);
    expect(of('test-overlap')).toEqual(['same pixels as train/0 (train/red/a.png)']);
    expect(of('near-duplicate')).toContainEqual(
      expect.stringMatching(/^looks like test\/0 \(test\/red\/x.png\), labels blue and red: \d of 64 bits differ$/),
    );
    expect(result.rows.size).toBe(63);
  });

  it('find equal pixels with different labels, and images of one colour', async () => {
    const same = await png(16, 16, RED, 1);
    const blank = await toSharp(new Uint8Array(16 * 16 * 3).fill(7), 16, 16)
      .png()
      .toBuffer();
    const entries = [
      ...(await pictures(8, index => `${twoClasses(index)}/more`)),
      { path: 'a/1.png', content: same },
      { path: 'b/2.png', content: same },
      { path: 'b/3.png', content: blank },
    ];
    const result = await importArchive(zip(entries), { acceptLoss: true }).catch(error => error as Error);
    expect(result).toMatchObject({ message: expect.stringMatching(/several classes, but all 8 are in 'more'/) });
  });
});

describe('the stored form', () => {
  it('is grey [height, width] if all images are', async () => {
    const grey = (value: number) =>
      toSharp(
        Uint8Array.from({ length: 64 }, (_, at) => (at * value) % 256),
        8,
        8,
        1,
      )
        .toColourspace('b-w')
        .png()
        .toBuffer();
    const entries = await Promise.all(
      [1, 3, 5, 7].map(async value => ({ path: `${value % 4}/${value}.png`, content: await grey(value) })),
    );
    const result = await importArchive(zip(entries));
    expect(result.columns[0]?.type).toMatchObject({ shape: [8, 8] });
    expect([...result.rows.get('train/1')!.pixels.subarray(0, 4)]).toEqual([0, 3, 6, 9]);
    expect(result.statistics[0]?.images?.channels).toEqual([
      { channel: 'grey', mean: expect.any(Number), stdDev: expect.any(Number) },
    ]);
  });

  it('is chosen from different sizes, or as the recipe says', async () => {
    const entries = [...(await pictures(3, twoClasses, 40)), ...(await pictures(5, twoClasses, 60)).slice(3)];
    const chosen = await importArchive(zip(entries));
    expect(chosen.applied).toMatchObject({ height: 40, width: 40 });
    expect(chosen.statistics[0]?.images).toMatchObject({
      sizes: [
        { value: '40x40', rows: 3 },
        { value: '60x60', rows: 2 },
      ],
      differentSizes: 2,
      formats: [{ value: 'png', rows: 5 }],
    });
    const said = await importArchive(zip(entries), { reading: { fit: 'stretch', size: { height: 8, width: 12 } } });
    expect(said.columns[0]?.type).toMatchObject({ shape: [8, 12, 3] });
  });
});
