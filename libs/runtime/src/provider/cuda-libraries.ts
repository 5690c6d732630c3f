// Detects whether the libraries of ONNX Runtime's CUDA provider are available, before a model is loaded. The runtime
// itself only reports "Failed to load shared library" and writes the cause to a native log.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { arch, dlopen, platform } from 'node:process';

interface Library {
  readonly name: string;
  /** What provides it. */
  readonly remedy: string;
}

const IN_IMAGE = 'use the image with CUDA (tag …-cuda)';

/** In the order of their dependencies, for onnxruntime-gpu 1.30 (CUDA 13, cuDNN 9). */
const LIBRARIES: readonly Library[] = [
  { name: 'libcuda.so.1', remedy: 'the NVIDIA driver: is a GPU given to this process, and its runtime class set?' },
  { name: 'libcudart.so.13', remedy: IN_IMAGE },
  { name: 'libcublasLt.so.13', remedy: IN_IMAGE },
  { name: 'libcublas.so.13', remedy: IN_IMAGE },
  { name: 'libcurand.so.10', remedy: IN_IMAGE },
  { name: 'libcufft.so.12', remedy: IN_IMAGE },
  { name: 'libnvrtc.so.13', remedy: IN_IMAGE },
  { name: 'libcudnn.so.9', remedy: IN_IMAGE },
];

const PROVIDER_FILES = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'];

/** The missing part of CUDA in one line; undefined if nothing is missing. */
export function missingForCuda(): string | undefined {
  if (platform !== 'linux' || arch !== 'x64') return `CUDA runs on linux/x64, this is ${platform}/${arch}`;
  const folder = runtimeFolder();
  const absent = PROVIDER_FILES.find(name => !existsSync(join(folder, name)));
  if (absent !== undefined) return `${absent} is not beside ONNX Runtime: ${IN_IMAGE}`;
  for (const { name, remedy } of LIBRARIES) {
    const problem = load(name);
    if (problem !== undefined) return `${problem}: ${remedy}`;
  }
  return undefined;
}

/** Folder of onnxruntime-node's libraries for this machine. */
export function runtimeFolder(): string {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node');
  return join(dirname(entry), `../bin/napi-v6/${platform}/${arch}`);
}

/** The dynamic linker's error for a library; undefined if it was loaded. */
function load(name: string): string | undefined {
  try {
    dlopen({ exports: {} }, name, constants.dlopen.RTLD_LAZY);
    return undefined;
  } catch (error) {
    const { message } = error as Error;
    // It was loaded and is not a Node.js addon, which is the expected result.
    return message.includes('did not self-register') ? undefined : message;
  }
}
