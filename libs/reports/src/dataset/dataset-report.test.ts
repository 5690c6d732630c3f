import { describe, expect, it } from 'vitest';
import {
  categoryColumn,
  datasetVersion,
  HOSTILE,
  HOSTILE_TEXTS,
  imageColumn,
  numberColumn,
  unescapedIn,
} from '../reports.testkit.js';
import { datasetReport } from './dataset-report.js';

describe('a dataset report', () => {
  it('has what is stored, and says what is not', () => {
    const text = datasetReport(datasetVersion());
    for (const expected of ['Dataset <bdi>things</bdi>, version 3', '7.25', 'rows of 104 that were read', '10.0 %'])
      expect(text).toContain(expected);
    expect(text).toContain('Histogram of size');
    expect(text).toContain('correlations between input columns');
  });

  it('needs nothing from outside and runs no script', () => {
    const text = datasetReport(datasetVersion());
    expect(text).toContain("default-src 'none'");
    expect(text.replaceAll(/ xmlns(:xlink)?="[^"]*"/g, '')).not.toMatch(/https?:|<script|<link|@import|url\(|\bsrc=/);
    expect(text).toContain('prefers-color-scheme: dark');
  });

  it.each(Object.entries(HOSTILE))('escapes %s wherever it is shown', (_what, hostile) => {
    const finding = { rows: 3, removed: 1, firstRowIds: [hostile], check: 'odd', action: 'drop' };
    const text = datasetReport(
      datasetVersion({
        columns: [numberColumn(hostile), categoryColumn(hostile, HOSTILE_TEXTS, 'target')],
        classes: [hostile, 'other'],
        findings: [{ ...finding, column: hostile, detail: hostile }],
        sources: [
          { uploadId: '', role: 'ROLE_FEATURES', partition: 'train', digest: '', filename: hostile, byteSize: 1 },
        ],
      }),
    );
    expect(unescapedIn(text)).toEqual([]);
    expect(text.match(/<\/style>/g)).toHaveLength(1);
  });

  it('stays small with 10,000 columns and 50,000 classes, and says how many are left out', () => {
    const columns = Array.from({ length: 10_000 }, (_, index) => numberColumn(`c${index}`));
    const classes = Array.from({ length: 50_000 }, (_, index) => `class ${index}`);
    const splits = [{ split: 'train', rows: 50_000, classRows: classes.map(() => 1) }];
    const text = datasetReport(
      datasetVersion({ columns: [...columns, numberColumn('last', 'target')], classes, splits }),
    );
    expect(text.length).toBeLessThan(2_000_000);
    expect(text).toContain('100 of 10,001 columns are shown');
    expect(text).toContain('500 of 10,001 columns are shown');
    expect(text).toContain('Histogram of last');
    expect(text).toContain('25 largest and the 25 smallest of 50,000 classes');
  });

  it('of images has what they were like and their channels', () => {
    const text = datasetReport(datasetVersion({ columns: [imageColumn('photo')] }));
    for (const expected of ['640x480 (80), … 7 sizes', 'jpeg (90)', 'mean 124.5, std 61.25', 'transparent, on black'])
      expect(text).toContain(expected);
    expect(text).not.toContain('turned by EXIF');
  });

  it('says what is absent instead of leaving it out', () => {
    const empty = {
      ...numberColumn('empty'),
      statistics: { ...numberColumn('x').statistics!, count: 0, missing: 100 },
    };
    const text = datasetReport(
      datasetVersion({ classes: [], columns: [empty, { ...numberColumn('none'), statistics: null }] }),
    );
    for (const expected of ['There are no classes', 'Every value is missing.', 'no statistics of this column'])
      expect(text).toContain(expected);
  });

  it('of a version that is not ready has its error', () => {
    const error = { code: 3, message: "column 'a' <b>", details: [] };
    const preparation = { done: true, phase: '', completedUnits: 0, totalUnits: 0, queuePosition: 0, error };
    const text = datasetReport(datasetVersion({ state: 'STATE_FAILED', columns: [], splits: [], preparation }));
    expect(text).toContain('column &#39;a&#39; &lt;b&gt;');
    expect(text).not.toContain('NaN');
  });
});
