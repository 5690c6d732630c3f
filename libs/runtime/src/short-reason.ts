const MAX_REASON = 400;

/** ONNX Runtime's message without the places in its source and the path of the model. */
export function shortReason(message: string): string {
  const reason = message
    .replace(/^Load model from .*? failed:/s, '')
    .replaceAll(/\/\S+\.(?:cc|cpp|cu|cuh|h):\d+ (?:.*?\)(?: const)? (?=[A-Z"'\w(]))?/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return reason.length > MAX_REASON ? `${reason.slice(0, MAX_REASON - 1)}…` : reason;
}
