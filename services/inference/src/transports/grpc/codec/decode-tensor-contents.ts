import type { TensorContents } from '../../../data-plane/infer-request.js';
import type { WireReader } from './reader.js';

type ListName = keyof TensorContents;
type Element<K extends ListName> = NonNullable<TensorContents[K]>[number];

interface ListRule<K extends ListName> {
  readonly name: K;
  /** Wire type of a single element; lists of numbers may also be packed (wire type 2). */
  readonly wireType: 0 | 1 | 2 | 5;
  readonly read: (reader: WireReader) => Element<K>;
}

// By field number.
const LISTS: readonly (ListRule<ListName> | undefined)[] = [
  undefined,
  { name: 'bool_contents', wireType: 0, read: reader => reader.bool() },
  { name: 'int_contents', wireType: 0, read: reader => reader.int32() },
  { name: 'int64_contents', wireType: 0, read: reader => reader.bigInt64() },
  { name: 'uint_contents', wireType: 0, read: reader => reader.uint32() },
  { name: 'uint64_contents', wireType: 0, read: reader => reader.bigUint64() },
  { name: 'fp32_contents', wireType: 5, read: reader => reader.float() },
  { name: 'fp64_contents', wireType: 1, read: reader => reader.double() },
  { name: 'bytes_contents', wireType: 2, read: reader => reader.bytes() },
];

/** inference.InferTensorContents, appended to earlier occurrences. */
export function decodeTensorContents(reader: WireReader, contents: TensorContents): TensorContents {
  while (reader.next()) {
    const rule = LISTS[reader.tag >>> 3];
    const wireType = reader.tag & 7;
    if (rule === undefined || (wireType !== rule.wireType && wireType !== 2)) {
      reader.skip();
      continue;
    }
    contents[rule.name] ??= [];
    const list = contents[rule.name] as Element<ListName>[];
    if (wireType === rule.wireType) list.push(rule.read(reader));
    else for (const packed = reader.embedded(); packed.hasMore(); ) list.push(rule.read(packed));
  }
  return contents;
}
