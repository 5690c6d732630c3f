/** Marks the values of a struct as the decoder of messages does. */
export function wire(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(wire);
  const entries = Object.entries(value).map(([name, member]) => [name, wire(member)] as const);
  const [only] = entries;
  const isValue = entries.length === 1 && only !== undefined && /Value$/.test(only[0]);
  return { ...Object.fromEntries(entries), ...(isValue && { kind: only[0] }) };
}
