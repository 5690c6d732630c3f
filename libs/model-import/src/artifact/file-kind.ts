// What people upload in place of a model, by its first bytes.

const text = new TextDecoder('latin1');
const startsWith =
  (...bytes: readonly number[]) =>
  (head: Uint8Array): boolean =>
    bytes.every((byte, index) => head[index] === byte);
const startsWithText =
  (pattern: RegExp) =>
  (head: Uint8Array): boolean =>
    pattern.test(text.decode(head));

const KINDS: readonly { readonly matches: (head: Uint8Array) => boolean; readonly advice: string }[] = [
  { matches: startsWith(0x50, 0x4b, 0x03, 0x04), advice: 'this is a zip archive; unpack it and import the folder' },
  { matches: startsWith(0x50, 0x4b, 0x05, 0x06), advice: 'this is an empty zip archive; import the folder itself' },
  { matches: startsWith(0x1f, 0x8b), advice: 'this is a gzip file; unpack it and import what it holds' },
  { matches: startsWith(0x42, 0x5a, 0x68), advice: 'this is a bzip2 file; unpack it and import what it holds' },
  { matches: startsWith(0x28, 0xb5, 0x2f, 0xfd), advice: 'this is a zstd file; unpack it and import what it holds' },
  { matches: startsWith(0x89, 0x48, 0x44, 0x46), advice: 'this is an HDF5 file, such as of Keras; export it to ONNX' },
  { matches: startsWith(0x93, 0x4e, 0x55, 0x4d), advice: 'this is a NumPy array; import the ONNX model' },
  {
    matches: head => head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 5,
    advice: 'this is a Python pickle; export it to ONNX',
  },
  {
    matches: startsWithText(/^[\s\ufeff\xef\xbb\xbf]*</),
    advice: 'this is an HTML or XML page, perhaps saved in place of a download',
  },
  {
    matches: startsWithText(/^version https:\/\/git-lfs/),
    advice: 'this is a Git LFS pointer; fetch the file with "git lfs pull"',
  },
  {
    matches: startsWithText(/^.{4}(TFL3|ORTM)/s),
    advice: 'this is a FlatBuffers model (TFLite or ORT format); import the ONNX file',
  },
  { matches: startsWithText(/^\s*[{[]\s*["}\]]/), advice: 'this is a JSON file; import the ONNX model' },
];

/** What a file is in place of an ONNX model, and what to do; undefined if its first bytes do not show it. */
export function adviceForFile(head: Uint8Array): string | undefined {
  if (head.byteLength === 0) return 'the file is empty; copy it again';
  return KINDS.find(({ matches }) => matches(head))?.advice;
}
