import { expect, test } from 'vitest';
import { shortReason } from './short-reason.js';

test.each([
  [
    'Load model from /data/tmp/a b/model.onnx failed:/onnxruntime_src/onnxruntime/core/graph/model.cc:202 onnxruntime::Model::Model(onnx::ModelProto&&, const onnxruntime::PathString&) Unsupported model IR version: 14',
    'Unsupported model IR version: 14',
  ],
  [
    "Non-zero status code returned while running Resize node. Name:'' Status Message: /onnxruntime_src/core/bfc_arena.cc:360 void* onnxruntime::BFCArena::Allocate(size_t, bool, onnxruntime::Stream*) Failed to allocate\n",
    "Non-zero status code returned while running Resize node. Name:'' Status Message: Failed to allocate",
  ],
  ['Protobuf parsing failed.', 'Protobuf parsing failed.'],
])('a reason of ONNX Runtime is shown without its source', (message, reason) => {
  expect(shortReason(message)).toBe(reason);
});

test('a long reason is cut', () => {
  expect(shortReason('x'.repeat(1_000))).toHaveLength(400);
});
