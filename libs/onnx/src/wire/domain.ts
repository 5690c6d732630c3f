/** '' for ai.onnx: the two spellings of the default domain are the same operator set (IR.md, "Operator Sets"). */
export function canonicalDomain(domain: string | undefined): string {
  return domain === undefined || domain === 'ai.onnx' ? '' : domain;
}
