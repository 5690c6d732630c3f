import { RuntimeFailure } from '@athanor/runtime';
import { expect, test } from 'vitest';
import { toRunError } from './run-error.js';

test("bug: paths of ONNX Runtime's source files were shown to the caller", () => {
  const cause = new RuntimeFailure(
    'RUN_FAILED',
    "Non-zero status code returned while running Reshape node. Name:'' Status Message: /onnxruntime_src/onnxruntime/core/providers/cpu/tensor/reshape_helper.h:84 onnxruntime::ReshapeHelper::ReshapeHelper(const onnxruntime::TensorShape&, onnxruntime::TensorShapeVector&, bool) size != 0 && (input_shape_size % size) == 0 was false. The input tensor cannot be reshaped to the requested shape. Input shape:{1,2}, requested shape:{-1,3}",
  );
  const failed = toRunError(cause);
  expect(failed).toMatchObject({ code: 'INTERNAL', message: expect.stringMatching(/^onnx runtime error: .*Reshape/) });
  expect(failed.message).not.toMatch(/\.h\b|\.cc\b|onnxruntime\//);
  expect((failed.cause as Error).message).toMatch(/onnxruntime/);
});
