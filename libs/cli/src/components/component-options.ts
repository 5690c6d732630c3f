// Parameters of components on the command line: --model mlp --model.hidden 64,64 --optimizer.weight-decay 0.01. Their
// types are those of the JSON schemas that the service lists, so a new kind needs no change here.

import { fromStruct, type Json, type JsonObject, type PlainComponent, toCamel } from '@athanor/contracts';
import type { ComponentKind } from '@athanor/contracts/api';
import { CliError, EXIT_CODES } from '../exit-codes.js';

/** A parameter as it was typed. */
export interface GivenParameter {
  readonly family: string;
  /** Below the component's parameters, for example ["hidden"]. */
  readonly path: readonly string[];
  readonly text: string;
}

/** Reads "--model.hidden 64,64" and "--model.hidden=64,64" from words that commander does not know. */
export function readParameters(words: readonly string[], families: readonly string[]): GivenParameter[] {
  const given: GivenParameter[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    const [option = '', ...rest] = word.split('=');
    const [family = '', ...path] = option.replace(/^--/, '').split('.');
    if (!option.startsWith('--') || path.length === 0 || !families.includes(family))
      throw usage(`unknown option '${word}'`);
    const text = rest.length > 0 ? rest.join('=') : words[++index];
    if (text === undefined) throw usage(`expected a value after ${option}, got none`);
    given.push({ family, path: path.map(toCamel), text });
  }
  return given;
}

/** What was typed about one family. */
export interface GivenComponent {
  readonly family: string;
  readonly kind: string | undefined;
  readonly given: readonly GivenParameter[];
  /** Those of ListComponents. */
  readonly kinds: readonly ComponentKind[];
  /** The component that parameters without a kind change; without it a kind must be named. */
  readonly current?: PlainComponent | undefined;
}

/** The component of one family; undefined if nothing was said about it. */
export function readComponent(typed: GivenComponent): PlainComponent | undefined {
  const { family, kinds, current } = typed;
  const own = typed.given.filter(each => each.family === family);
  if (typed.kind === undefined && own.length === 0) return undefined;
  const kind = typed.kind ?? current?.kind;
  if (kind === undefined) throw usage(`--${family}.${own[0]?.path.join('.')}: name the ${family} with --${family} too`);
  const found = kinds.find(each => each.family === family && each.kind === kind);
  const schema = fromStruct(found?.parametersSchema);
  const kept = typed.kind === undefined ? current : undefined;
  const parameters: Record<string, Json> = { ...kept?.parameters };
  for (const { path, text } of own) setAt(parameters, path, toJson(text, schemaAt(schema, path)));
  return { kind, parameters, version: kept?.version ?? 0 };
}

function setAt(target: Record<string, Json>, [name = '', ...rest]: readonly string[], value: Json): void {
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  const inner = { ...((target[name] ?? {}) as JsonObject) };
  setAt(inner, rest, value);
  target[name] = inner;
}

function schemaAt(schema: JsonObject, [name, ...rest]: readonly string[]): JsonObject {
  if (name === undefined) return schema;
  const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonObject>>;
  return schemaAt(properties[name] ?? {}, rest);
}

/** By the schema's type; text that does not fit is left to the service, whose error says what is expected. */
function toJson(text: string, schema: JsonObject): Json {
  const options = (schema.anyOf ?? []) as readonly JsonObject[];
  if (options.length > 0) return toJson(text, options.find(option => fits(text, option)) ?? {});
  if (schema.type === 'array') {
    return text === '' ? [] : text.split(',').map(item => toJson(item, (schema.items ?? {}) as JsonObject));
  }
  if (schema.type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  if ((schema.type === 'number' || schema.type === 'integer') && isNumber(text)) return Number(text);
  return text;
}

function fits(text: string, { type, const: constant, enum: values }: JsonObject): boolean {
  if (constant !== undefined) return constant === text;
  if (Array.isArray(values)) return values.includes(text);
  return type === 'number' || type === 'integer' ? isNumber(text) : type === 'string';
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}

export function usage(message: string): CliError {
  return new CliError(`${message} (athanor components shows what there is)`, EXIT_CODES.usage);
}
