/** The Open Inference Protocol's name of a type in config.pbtxt: "FP32" for TYPE_FP32. */
export function toDatatype(dataType: string): string {
  return dataType === 'TYPE_STRING' ? 'BYTES' : dataType.replace('TYPE_', '');
}
