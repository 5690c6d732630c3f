"""Writes operators.gen.ts beside this file from the operator schemas of the PyPI package onnx (1.23.2).

Run: python operators.gen.py && npx biome format --write operators.gen.ts
"""

import pathlib

import onnx
from onnx import defs

UNBOUNDED = 2**31 - 1
DOMAINS = {"": "ai.onnx", "ai.onnx.ml": "ai.onnx.ml"}

arities = {}
for schema in defs.get_all_schemas_with_history():
    if schema.domain not in DOMAINS or schema.deprecated:
        continue
    arity = (schema.min_input, schema.max_input, schema.min_output, schema.max_output)
    known = arities.setdefault((schema.domain, schema.name), [arity, schema.since_version])
    known[0] = tuple(pick(a, b) for pick, a, b in zip((min, max, min, max), known[0], arity))
    known[1] = min(known[1], schema.since_version)


def limit(count):
    return "Infinity" if count >= UNBOUNDED else count


lines = [
    f"// Generated from onnx {onnx.__version__} by operators.gen.py. Do not edit.",
    "",
    "/** [first operator set, fewest inputs, most inputs, fewest outputs, most outputs], over all versions of the operator. */",
    "export type OperatorArity = readonly [number, number, number, number, number];",
    "",
    f"export const LATEST_OPSET = {defs.onnx_opset_version()};",
    "",
    "/** Operators by domain ('' is ai.onnx) and name. */",
    "export const OPERATORS: Readonly<Record<string, Readonly<Record<string, OperatorArity>>>> = {",
]
for domain in DOMAINS:
    lines.append(f"  '{domain}': {{")
    for (owner, name), (arity, since) in sorted(arities.items()):
        if owner == domain:
            lines.append(f"    {name}: [{', '.join(str(limit(count)) for count in (since, *arity))}],")
    lines.append("  },")
lines.append("};")
pathlib.Path(__file__).with_suffix(".ts").write_text("\n".join(lines) + "\n")
