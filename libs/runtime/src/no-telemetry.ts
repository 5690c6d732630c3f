// ONNX Runtime 1.30 has telemetry on Linux: files under HOME and /tmp, and an uploader. This module is imported first,
// because the native part reads these variables. It must neither use the network nor write where a pod is read-only.
import { env } from 'node:process';

env.ORT_DISABLE_TELEMETRY = '1';
