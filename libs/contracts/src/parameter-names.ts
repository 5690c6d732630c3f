// Parameters are named in camel case in JSON, and in kebab case on the command line and in what people read.

/** "weightDecay" as "weight-decay". */
export function toKebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
}

/** "weight-decay" as "weightDecay". */
export function toCamel(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
