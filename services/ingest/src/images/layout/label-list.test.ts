import { expect, it } from 'vitest';
import { parseLabelList } from './label-list.js';

const parse = (content: string, path = 'labels.csv') => [...parseLabelList(path, Buffer.from(content)).images];

it('has labels by path, with quotes, other delimiters and a byte order mark', () => {
  const [expected] = parse('\uFEFFfilename,label\n"a, b/1.png",x\n');
  expect(expected).toEqual(['a, b/1.png', { label: 'x', partition: undefined }]);
  expect(parse('class;image\r\nx;./a/1.png\r\n\r\n')).toEqual([['a/1.png', { label: 'x', partition: undefined }]]);
  expect(parse('path\ttarget\tsplit\na\\1.png\tx\tval\n')).toEqual([
    ['a/1.png', { label: 'x', partition: 'validation' }],
  ]);
});

it('has paths from the root of the archive, or from its own folder', () => {
  expect(parse('path,label\nimages/1.png,x\n', 'data/labels.csv')[0]?.[0]).toBe('data/images/1.png');
  expect(parse('path,label\ndata/images/1.png,x\n', 'data/labels.csv')[0]?.[0]).toBe('data/images/1.png');
});
