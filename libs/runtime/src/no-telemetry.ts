// ONNX Runtime 1.30 keeps telemetry on Linux: files under HOME and /tmp, and an uploader. This is imported before it, and
// what is set here is what its native part reads. It must not reach the network, nor write where a pod is read-only.
import { env } from 'node:process';

env.ORT_DISABLE_TELEMETRY = '1';
