// config.pbtxt: Triton's ModelConfig in protobuf's text format.

import { descriptorsOf } from '@athanor/contracts';
import type { ModelConfig } from '@athanor/contracts/inference';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor.js';
import textFormat from 'protobufjs/ext/textformat.js';
import { ImportRefusal } from '../refusal.js';

const files = await descriptorsOf(['inference.GRPCInferenceService']);
const file = files.map(bytes => descriptor.FileDescriptorProto.decode(bytes) as descriptor.IFileDescriptorProto);
const root = protobuf.Root.fromDescriptor({ file });
const modelConfig = root.lookupType('inference.ModelConfig');

/** Throws ImportRefusal CONFIG_INVALID with the line of an unknown field or of what cannot be read. */
export function parseModelConfig(text: string): ModelConfig {
  try {
    const message = textFormat.fromText(modelConfig, text);
    const options = { longs: Number, enums: String, defaults: true, oneofs: true } as const;
    return modelConfig.toObject(message, options) as ModelConfig;
  } catch (cause) {
    const reason = (cause as Error).message.replaceAll('.inference.', '');
    throw new ImportRefusal('CONFIG_INVALID', `config.pbtxt is not a ModelConfig of Triton: ${reason}`, { cause });
  }
}
