"""Writes operator-versions.gen.ts beside this file from the operator schemas of the PyPI package onnx (1.23.2).

Run: python operator-versions.gen.py && npx biome format --write operator-versions.gen.ts
"""

import pathlib

import onnx
from onnx import defs

DOMAINS = ("", "ai.onnx.ml")
OPTIONAL = defs.OpSchema.FormalParameterOption.Optional
# Versions that changed what a node means while its schema only grew: the documentation of the operators.
CHANGED_MEANING = {
    ("GroupNormalization", 21),  # scale and bias per channel, no longer per group
    ("RoiAlign", 16),  # the default of the new attribute is another sampling than before
    ("Split", 18),  # equal parts need num_outputs
}


def default(attribute):
    value = attribute.default_value
    return onnx.helper.get_attribute_value(value) if value.type else None


def attributes_grew(old, new):
    for name, attribute in old.attributes.items():
        other = new.attributes.get(name)
        if other is None or other.type != attribute.type or default(other) != default(attribute):
            return False
        if other.required and not attribute.required:
            return False
    return all(name in old.attributes or not each.required for name, each in new.attributes.items())


def parameters_grew(old, new):
    if len(new) < len(old) or any(each.option != OPTIONAL for each in new[len(old):]):
        return False
    pairs = list(zip(old, new))
    return all(set(a.types) <= set(b.types) for a, b in pairs) and all(
        a.option == b.option or b.option == OPTIONAL for a, b in pairs
    )


def grew(old, new):
    """Whether every node of the old version is one of the new version, with the same schema."""
    if new.deprecated or (new.name, new.since_version) in CHANGED_MEANING:
        return False
    outputs_grew = len(old.outputs) <= len(new.outputs) and all(
        set(a.types) <= set(b.types) for a, b in zip(old.outputs, new.outputs)
    )
    return outputs_grew and attributes_grew(old, new) and parameters_grew(old.inputs, new.inputs)


history = {}
for schema in defs.get_all_schemas_with_history():
    if schema.domain in DOMAINS:
        history.setdefault((schema.domain, schema.name), []).append(schema)

lines = [
    f"// Generated from onnx {onnx.__version__} by operator-versions.gen.py. Do not edit.",
    "",
    "/**",
    " * The operator sets with a new version of an operator, by domain ('' is ai.onnx) and name; negative if nodes of the",
    " * version before may mean something else in it.",
    " */",
    "export const OPERATOR_VERSIONS: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {",
]
for domain in DOMAINS:
    lines.append(f"  '{domain}': {{")
    for (owner, name), schemas in sorted(history.items()):
        if owner != domain:
            continue
        schemas.sort(key=lambda schema: schema.since_version)
        versions = [schemas[0].since_version]
        for old, new in zip(schemas, schemas[1:]):
            versions.append(new.since_version if grew(old, new) else -new.since_version)
        lines.append(f"    {name}: {versions},")
    lines.append("  },")
lines.append("};")
pathlib.Path(__file__).with_suffix(".ts").write_text("\n".join(lines) + "\n")
