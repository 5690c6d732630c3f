// What attributes an operator has: their kinds, and the values that they have when a node does not give them.

import { type DType, fromOnnxElemType, type Tensor, toOnnxElemType } from '@athanor/tensor';
import { TypeInferenceError } from '../errors.js';
import type { Attribute, Attributes } from '../model.js';

export interface AttributeSpec<T = unknown> {
  /** For messages. */
  readonly expected: string;
  readonly isRequired: boolean;
  /** The value when it is absent. */
  readonly fallback: T;
  /** undefined for an attribute of another kind, or with a value that is not allowed. */
  read(attribute: Attribute): T | undefined;
  write(value: T): Attribute;
}

export type AttributeSpecs = Readonly<Record<string, AttributeSpec>>;

type ValueOf<S> = S extends AttributeSpec<infer T> ? T : never;

/** The values of all attributes of a node, defaults included. */
export type AttributeValues<A extends AttributeSpecs> = { readonly [N in keyof A]: ValueOf<A[N]> };

/** The values that a node gives. */
export type AttributeInputs<A extends AttributeSpecs> = { readonly [N in keyof A]?: ValueOf<A[N]> | undefined };

type Kind = Attribute['kind'];
type Content<K extends Kind> = Extract<Attribute, { readonly kind: K }>['value'];

interface Conversion<K extends Kind, T> {
  readonly kind: K;
  readonly expected: string;
  from(content: Content<K>): T | undefined;
  to(value: T): Content<K>;
}

function spec<K extends Kind, T>(conversion: Conversion<K, T>, fallback: T): AttributeSpec<T> {
  return {
    expected: conversion.expected,
    isRequired: false,
    fallback,
    read: attribute =>
      attribute.kind === conversion.kind ? conversion.from(attribute.value as Content<K>) : undefined,
    write: value => ({ kind: conversion.kind, value: conversion.to(value) }) as Attribute,
  };
}

const INT: Conversion<'int', number> = { kind: 'int', expected: 'an int', from: Number, to: value => value };
const FLOAT: Conversion<'float', number> = { kind: 'float', expected: 'a float', from: value => value, to: Number };
const TEXT: Conversion<'string', string> = { kind: 'string', expected: 'a string', from: String, to: String };
const FLAG: Conversion<'int', boolean> = { kind: 'int', expected: '0 or 1', from: Boolean, to: Number };
const INTS: Conversion<'ints', readonly number[]> = {
  kind: 'ints',
  expected: 'ints',
  from: values => values.map(Number),
  to: values => values,
};
const TENSOR: Conversion<'tensor', Tensor> = { kind: 'tensor', expected: 'a tensor', from: t => t, to: t => t };
const FLOATS: Conversion<'floats', readonly number[]> = {
  kind: 'floats',
  expected: 'floats',
  from: v => v,
  to: v => v,
};
const TEXTS: Conversion<'strings', readonly string[]> = {
  kind: 'strings',
  expected: 'strings',
  from: v => v,
  to: v => v,
};
const DTYPE: Conversion<'int', DType> = {
  kind: 'int',
  expected: 'an element type of ONNX',
  from: value => fromOnnxElemType(Number(value)),
  to: toOnnxElemType,
};

type Factory<T> = { (fallback: T): AttributeSpec<T>; (): AttributeSpec<T | undefined> };

const factory = <K extends Kind, T>(conversion: Conversion<K, T>): Factory<T> =>
  ((fallback?: T) => spec(conversion as Conversion<K, T | undefined>, fallback)) as Factory<T>;

export const int = factory(INT);
export const float = factory(FLOAT);
export const string = factory(TEXT);
/** An int that is 0 or 1, as a boolean. */
export const flag = factory(FLAG);
export const ints = factory(INTS);
export const floats = factory(FLOATS);
export const strings = factory(TEXTS);
export const tensor = factory(TENSOR);
export const dtype = factory(DTYPE);

/** A string out of a list; the first is the default. */
export function oneOf<const T extends string>(...allowed: readonly [T, ...T[]]): AttributeSpec<T> {
  const conversion: Conversion<'string', T> = {
    kind: 'string',
    expected: `one of ${allowed.join(', ')}`,
    from: value => allowed.find(each => each === value),
    to: value => value,
  };
  return spec(conversion, allowed[0]);
}

export function required<T>(optional: AttributeSpec<T | undefined>): AttributeSpec<T> {
  return { ...(optional as AttributeSpec<T>), isRequired: true };
}

/** Throws TypeInferenceError for an attribute that is unknown, absent or of another kind. */
export function readAttributes(
  op: string,
  specs: AttributeSpecs,
  attributes: Attributes,
): AttributeValues<AttributeSpecs> {
  for (const name of Object.keys(attributes)) {
    if (!Object.hasOwn(specs, name)) throw new TypeInferenceError(`${op} has no attribute "${name}"`);
  }
  const entries = Object.entries(specs).map(([name, each]) => {
    const attribute = attributes[name];
    if (attribute === undefined) {
      if (each.isRequired) throw new TypeInferenceError(`${op} needs the attribute "${name}", ${each.expected}`);
      return [name, each.fallback] as const;
    }
    const value = each.read(attribute);
    if (value === undefined) {
      throw new TypeInferenceError(`${op} needs ${each.expected} as "${name}", received ${describe(attribute)}`);
    }
    return [name, value] as const;
  });
  return Object.fromEntries(entries);
}

export function writeAttributes(
  op: string,
  specs: AttributeSpecs,
  values: Readonly<Record<string, unknown>>,
): Attributes {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  const entries = given.map(([name, value]) => {
    if (!Object.hasOwn(specs, name)) throw new TypeInferenceError(`${op} has no attribute "${name}"`);
    return [name, specs[name]!.write(value)] as const;
  });
  return Object.fromEntries(entries);
}

function describe({ kind, value }: Attribute): string {
  const isShort = kind === 'int' || kind === 'float' || kind === 'string' || kind === 'ints';
  return isShort
    ? `${kind} ${JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : each))}`
    : kind;
}
