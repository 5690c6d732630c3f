import { readFileSync } from 'node:fs';
import { arch } from 'node:process';

// Kernels are selected by these at run time, and different kernels round differently. Widest first.
const X64_TIERS = ['avx512f', 'avx2', 'avx', 'sse4_1'] as const;

/** The widest vector instructions of this CPU that ONNX Runtime uses, such as "x64-avx512f" or "arm64". */
export function instructionSet(cpuInfo: string = readCpuInfo()): string {
  if (arch !== 'x64') return arch;
  const flags = new Set(/^flags\s*:(.*)$/m.exec(cpuInfo)?.[1]?.trim().split(/\s+/));
  return `x64-${X64_TIERS.find(tier => flags.has(tier)) ?? 'unknown'}`;
}

// Linux only; elsewhere only the architecture is known.
function readCpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
