// A model as text, for people and for diffs: the same model gives the same text, a line for each input, constant and node.

import { ModelError } from '../errors.js';
import type { Attribute, Attributes, Dim, Graph, Model, Node, ValueInfo } from '../model.js';
import { float32Text } from './numbers.js';
import { elementsText, tensorTypeText } from './print-tensor.js';
import { PRIMITIVE_TYPES, quotable } from './syntax.js';

/** `parseModelText` reads the same model from it. Floats of attributes have 32 bits, as in a file. */
export function printModel({ irVersion, opsets, producer, graph }: Model): string {
  const imports = sorted(Object.entries(opsets)).map(([domain, version]) => `${JSON.stringify(domain)} : ${version}`);
  const header = [
    `  ir_version: ${irVersion}`,
    `  opset_import: [${imports.join(', ')}]`,
    `  producer_name: ${JSON.stringify(producer)}`,
  ];
  try {
    return `<\n${header.join(',\n')}\n>\n${graphText(graph, '')}\n`;
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    // Of JavaScript, whose strings have at most 2^29 characters.
    const isTooLong = cause instanceof RangeError || (cause as NodeJS.ErrnoException).code === 'ERR_STRING_TOO_LONG';
    throw isTooLong ? new ModelError('TOO_LARGE', 'the model has no text of less than 512 MiB', { cause }) : cause;
  }
}

function graphText({ name, inputs, outputs, initializers, nodes }: Graph, indent: string): string {
  const inner = `${indent}  `;
  const constants = [...initializers].map(
    ([key, value]) => `${inner}${tensorTypeText(value)} ${quotable(key)} = ${elementsText(value)}`,
  );
  const declared = constants.length > 0 ? `${indent}<\n${constants.join(',\n')}\n${indent}>\n` : '';
  const body = nodes.map(node => `${nodeText(node, inner)}\n`).join('');
  const signature = `${quotable(name)} ${valuesText(inputs, indent)} => ${valuesText(outputs, indent)}`;
  return `${signature}\n${declared}${indent}{\n${body}${indent}}`;
}

/** On one line if there are few, else on a line each. */
function valuesText(values: readonly ValueInfo[], indent: string): string {
  const texts = values.map(valueText);
  return texts.length <= 2 ? `(${texts.join(', ')})` : `(\n${indent}  ${texts.join(`,\n${indent}  `)}\n${indent})`;
}

function valueText({ name, dtype, shape }: ValueInfo): string {
  if (dtype === undefined) return quotable(name);
  if (shape?.length === 0) return `${PRIMITIVE_TYPES[dtype]} ${quotable(name)}`;
  return `${PRIMITIVE_TYPES[dtype]}[${(shape ?? []).map(dimText).join(', ')}] ${quotable(name)}`;
}

function dimText(dim: Dim): string {
  if (typeof dim === 'number') return String(dim);
  return dim === '' ? '?' : quotable(dim);
}

function nodeText({ op, domain, name, inputs, outputs, attributes }: Node, indent: string): string {
  const label = name === '' ? '' : `[${quotable(name)}] `;
  const left = outputs.length > 0 ? `${outputs.map(quotable).join(', ')} = ` : '= ';
  const called = `${label}${left}${domainText(domain)}${quotable(op)}`;
  return `${indent}${called}${attributesText(attributes, indent)} (${inputs.map(quotable).join(', ')})`;
}

function domainText(domain: string): string {
  if (domain === '') return '';
  const parts = domain.split('.');
  return `${parts.every(part => quotable(part) === part) ? domain : JSON.stringify(domain)}.`;
}

function attributesText(attributes: Attributes, indent: string): string {
  const texts = sorted(Object.entries(attributes)).map(
    ([name, attribute]) => `${quotable(name)}${kindText(attribute)} = ${attributeText(attribute, `${indent}  `)}`,
  );
  return texts.length > 0 ? ` <${texts.join(', ')}>` : '';
}

// The kind is told by the value but for an empty list.
function kindText({ kind, value }: Attribute): string {
  return Array.isArray(value) && value.length === 0 ? `: ${kind}` : '';
}

function attributeText(attribute: Attribute, indent: string): string {
  switch (attribute.kind) {
    case 'int':
      return String(attribute.value);
    case 'float':
      return float32Text(Math.fround(attribute.value));
    case 'string':
      return JSON.stringify(attribute.value);
    case 'tensor':
      return `${tensorTypeText(attribute.value)} ${elementsText(attribute.value)}`;
    case 'graph':
      return graphText(attribute.value, indent);
    case 'ints':
      return `[${attribute.value.map(String).join(', ')}]`;
    case 'floats':
      return `[${attribute.value.map(value => float32Text(Math.fround(value))).join(', ')}]`;
    case 'strings':
      return `[${attribute.value.map(value => JSON.stringify(value)).join(', ')}]`;
  }
}

function sorted<T>(entries: readonly (readonly [string, T])[]): (readonly [string, T])[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
