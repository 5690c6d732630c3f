"""What the generators of exported networks share: an attention block, and an export without what depends on the machine."""

import onnx
import torch
from torch import nn


class Attention(nn.Module):
    """Causal self-attention of two heads, written with reshapes that depend on the batch and the length."""

    def __init__(self, width=8, heads=2):
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x):
        batch, length, width = x.shape
        q, k, v = self.qkv(self.norm(x)).split(width, dim=2)
        q, k, v = (t.view(batch, length, self.heads, width // self.heads).transpose(1, 2) for t in (q, k, v))
        scores = q @ k.transpose(-2, -1) / (width // self.heads) ** 0.5
        mask = torch.tril(torch.ones(length, length, device=x.device)) == 0
        scores = scores.masked_fill(mask, float("-inf"))
        y = torch.softmax(scores, dim=-1) @ v
        return x + self.out(y.transpose(1, 2).contiguous().view(batch, length, width))


def export(path, model, example, axes, dynamo):
    """`axes`: names of the symbolic sizes of the only input, by axis."""
    if dynamo:
        shapes = ({axis: torch.export.Dim(symbol) for axis, symbol in axes.items()},)
        torch.onnx.export(model, (example,), str(path), dynamo=True, dynamic_shapes=shapes, external_data=False)
    else:
        options = dict(opset_version=17, input_names=["x"], dynamic_axes={"x": axes})
        torch.onnx.export(model, (example,), str(path), dynamo=False, **options)
    stored = onnx.load(path)
    for part in [stored, stored.graph, *stored.graph.node, *stored.graph.input, *stored.graph.output]:
        part.doc_string = ""
        del part.metadata_props[:]
    for value in stored.graph.initializer:
        del value.metadata_props[:]
    # Types are inferred.
    del stored.graph.value_info[:]
    onnx.save(stored, path)
    return stored
