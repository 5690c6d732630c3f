"""Writes pytorch-gradients.json beside this file: results and gradients of operators, made by PyTorch in float64.

Run: python pytorch-gradients.py && npx biome format --write pytorch-gradients.json   (PyTorch 2.15)

Inputs are multiples of 1/16, so that both sides start from exactly the same values, and include the kinks and ties
where a subgradient is a convention. The loss is the sum of all results, element i of each weighted with
((7i + 3) mod 11 - 5)/4.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(20261129)
torch.set_default_dtype(torch.float64)
cases = []


def case(op, function, *inputs, **attributes):
    """`function` is the operator in PyTorch; float64 is differentiated, other inputs are constants, None is omitted."""
    operands = [x.clone().requires_grad_() if is_float(x) else x for x in inputs]
    results = function(*operands)
    results = results if isinstance(results, tuple) else (results,)
    sum((weights(y) * y).sum() for y in results if is_float(y)).backward()
    cases.append({
        "op": op,
        "attributes": attributes,
        "inputs": [x if x is None else {"dtype": DTYPES[x.dtype], **stored(x)} for x in inputs],
        "results": [stored(y.detach()) for y in results],
        "gradients": [None if not is_float(x) or x.grad is None else stored(x.grad)["values"] for x in operands],
    })


# A float32 number stands for a constant.
DTYPES = {torch.float64: "FP64", torch.float32: "FP64", torch.int64: "INT64", torch.bool: "BOOL"}


def is_float(x):
    return x is not None and x.dtype == torch.float64


def weights(y):
    return ((torch.arange(y.numel()) * 7 + 3) % 11 - 5).reshape(y.shape) / 4


def stored(x):
    return {"shape": list(x.shape), "values": [rounded(value) for value in x.flatten().tolist()]}


def rounded(value):
    short = float(f"{value:.12g}") if isinstance(value, float) else value
    return int(short) if short == int(short) else short


def draw(*shape, low=-2, high=2):
    return torch.randint(16 * low, 16 * high + 1, shape) / 16


def ints(*values):
    return torch.tensor(values)


def floats(*values):
    return torch.tensor(values, dtype=torch.float64)


def elementwise():
    x = torch.arange(-16, 17) / 4
    case("Relu", F.relu, x)
    case("LeakyRelu", lambda x: F.leaky_relu(x, 0.125), x, alpha=0.125)
    case("PRelu", lambda x, slope: F.prelu(x, slope.flatten()), x.reshape(11, 3, 1), draw(3, 1))
    case("Elu", lambda x: F.elu(x, 1.5), x, alpha=1.5)
    case("Selu", F.selu, x, alpha=1.6732632423543772848170429916717, gamma=1.0507009873554804934193349852946)
    case("Celu", lambda x: F.celu(x, 0.5), x, alpha=0.5)
    case("Gelu", F.gelu, x)
    case("Gelu", lambda x: F.gelu(x, approximate="tanh"), x, approximate="tanh")
    # The gradient of F.hardsigmoid has 1/6 in single precision.
    case("HardSigmoid", lambda x: F.hardtanh(x / 6 + 0.5, 0, 1), x, alpha=1 / 6, beta=0.5)
    case("HardSwish", F.hardswish, x)
    case("Softplus", F.softplus, x)
    case("Softsign", F.softsign, x)
    case("Mish", F.mish, x)
    case("ThresholdedRelu", lambda x: F.threshold(x, 0.5, 0), x, alpha=0.5)
    case("Sigmoid", torch.sigmoid, x)
    case("Tanh", torch.tanh, x)
    case("Abs", torch.abs, x)
    limits = floats(-1.5, 0.5).float()
    case("Clip", lambda x, low, high: torch.clamp(x, -1.5, 0.5), x, *limits)
    for op in ["Erf", "Exp", "Sin", "Cos", "Tan", "Atan", "Sinh", "Cosh", "Asinh"]:
        case(op, getattr(torch, op.lower()), x)
    for op in ["Asin", "Acos", "Atanh"]:
        case(op, getattr(torch, op.lower()), torch.arange(-15, 16) / 16)
    for op in ["Acosh", "Log", "Sqrt", "Reciprocal"]:
        case(op, getattr(torch, op.lower()), torch.arange(17, 49) / 16)
    case("Pow", torch.pow, draw(3, 4, low=1), draw(4))
    case("Max", torch.maximum, draw(4, 6, low=-1, high=1) * 16 // 4 / 4, draw(4, 6, low=-1, high=1) * 16 // 4 / 4)
    case("Min", torch.minimum, draw(4, 6, low=-1, high=1) * 16 // 4 / 4, draw(4, 6, low=-1, high=1) * 16 // 4 / 4)
    case("Where", torch.where, draw(3, 4) > 0, draw(3, 4), draw(4))
    case("Mod", lambda a, b: torch.fmod(a, b), draw(3, 4), draw(4, low=1), fmod=True)


def reductions():
    ties = torch.randint(0, 3, (3, 5)) / 2
    case("ReduceMax", lambda x, _: x.amax(1, keepdim=True), ties, ints(1))
    case("ReduceMin", lambda x, _: x.amin(0), ties, ints(0), keepdims=False)
    case("ReduceL1", lambda x, _: x.abs().sum(1, keepdim=True), ties - 0.5, ints(1))
    with_zeros = draw(3, 4).index_fill(0, ints(1), 0)
    case("ReduceL2", lambda x, _: torch.linalg.vector_norm(x, dim=1, keepdim=True), with_zeros, ints(1))
    one_zero = torch.tensor([[1.5, -2, 0.5], [0.5, 0, 3], [0, 2, 0]])
    case("ReduceProd", lambda x, _: x.prod(1, keepdim=True), one_zero, ints(1))
    case("ReduceMean", lambda x, _: x.mean((0, 2), keepdim=True), draw(2, 3, 4), ints(0, 2))
    case("ReduceLogSumExp", lambda x, _: torch.logsumexp(x, 1, keepdim=True), draw(3, 4), ints(1))
    case("ReduceSumSquare", lambda x, _: (x * x).sum(1, keepdim=True), draw(3, 4), ints(1))
    case("Softmax", lambda x: torch.softmax(x, 1), draw(2, 5, 2), axis=1)
    case("LogSoftmax", lambda x: torch.log_softmax(x, -1), draw(3, 5))
    case("CumSum", lambda x, _: torch.cumsum(x, 1), draw(3, 4), ints(1)[0])
    case("CumSum", lambda x, _: x.flip(0).cumsum(0).flip(0) - x, draw(3, 4), ints(0)[0], exclusive=True, reverse=True)


def selections():
    case("Gather", lambda x, i: x[:, i], draw(2, 4, 2), ints(3, 0, 3, 1), axis=1)
    case("GatherElements", lambda x, i: torch.gather(x, 1, i), draw(2, 3), ints(0, 0, 2, 1, 2, 2).reshape(2, 3), axis=1)
    rows = ints(2, 0, 1, 1).reshape(2, 2, 1)
    case("GatherND", lambda x, i: x[torch.arange(2)[:, None], i[..., 0]], draw(2, 3, 2), rows, batch_dims=1)
    positions = ints(0, 0, 2, 1, 2, 0).reshape(2, 3)
    unique = ints(0, 3, 1, 2).reshape(2, 2)
    case("ScatterElements", lambda x, i, u: torch.scatter(x, 1, i, u), draw(2, 4), unique, draw(2, 2), axis=1)
    for reduction, name in [("add", "sum"), ("mul", "prod"), ("max", "amax"), ("min", "amin")]:
        data, updates = torch.randint(-1, 2, (2, 4)) + 0.5, torch.randint(-1, 2, (2, 3)) + 0.5
        scatter = lambda x, i, u: torch.scatter_reduce(x, 1, i, u, name)
        case("ScatterElements", scatter, data, positions, updates, axis=1, reduction=reduction)
    zeros = torch.tensor([[1.5, 0, 2], [0, 0.5, 0]])
    product = lambda x, i, u: torch.scatter_reduce(x, 1, i, u, "prod")
    case("ScatterElements", product, draw(2, 4, low=1), positions, zeros, axis=1, reduction="mul")
    distinct = torch.arange(15).mul(7).fmod(16).reshape(3, 5) / 16
    case("TopK", lambda x, _: tuple(torch.topk(x, 2, 1)), distinct, ints(2), axis=1)
    case("Trilu", lambda x, _: torch.tril(x, -1), draw(2, 4, 3), ints(-1)[0], upper=False)
    case("Slice", lambda x, *_: x[1:4, ::3], draw(5, 7), ints(1, 0), ints(4, 7), ints(0, 1), ints(1, 3))
    case("Slice", lambda x, *_: x.flip(1)[:, ::2], draw(2, 5), ints(-1), ints(-9), ints(1), ints(-2))
    case("Compress", lambda x, taken: x[:, taken], draw(3, 4), torch.tensor([True, False, True, True]), axis=1)


def layouts():
    half = floats(0.5).float()[0]
    case("Pad", lambda x, *_: F.pad(x, (1, 2, 0, 1), value=0.5), draw(2, 3), ints(0, 1, 1, 2), half)
    case("Pad", lambda x, _: F.pad(x, (1, -1, 0, 1)), draw(1, 2, 3), ints(0, 0, 1, 0, 1, -1))
    for mode, name in [("reflect", "reflect"), ("edge", "replicate"), ("wrap", "circular")]:
        extend = lambda x, _: F.pad(x, (2, 1, 1, 0), mode=name)
        case("Pad", extend, draw(1, 1, 3, 4), ints(0, 0, 1, 2, 0, 0, 0, 1), mode=mode)
    case("Tile", lambda x, _: x.tile(2, 3), draw(2, 3), ints(2, 3))
    case("DepthToSpace", lambda x: F.pixel_shuffle(x, 2), draw(1, 4, 2, 3), blocksize=2, mode="CRD")
    resize("nearest", (6, 4), coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    resize("nearest", (5, 2), coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    resize("nearest-exact", (5, 3), coordinate_transformation_mode="half_pixel", nearest_mode="round_prefer_ceil")
    resize("bilinear", (5, 7), mode="linear", coordinate_transformation_mode="pytorch_half_pixel")
    resize("bilinear", (2, 3), mode="linear", coordinate_transformation_mode="half_pixel")
    resize("bilinear", (5, 1), align_corners=True, mode="linear", coordinate_transformation_mode="align_corners")


def resize(torch_mode, size, align_corners=None, **attributes):
    interpolate = lambda x, *_: F.interpolate(x, size, mode=torch_mode, align_corners=align_corners)
    case("Resize", interpolate, draw(1, 2, 3, 4), None, None, ints(1, 2, *size), **attributes)


def convolutions():
    conv = lambda **options: lambda x, w, *b: F.conv2d(x, w, *b, **options)
    case("Conv", conv(padding=1), draw(2, 2, 4, 5), draw(3, 2, 3, 3), draw(3), pads=[1, 1, 1, 1])
    strided = dict(stride=(2, 1), padding=(1, 0), dilation=(1, 2))
    attributes = dict(strides=[2, 1], pads=[1, 0, 1, 0], dilations=[1, 2])
    case("Conv", conv(**strided), draw(1, 2, 6, 5), draw(2, 2, 3, 2), **attributes)
    case("Conv", conv(groups=3), draw(2, 3, 4, 4), draw(6, 1, 2, 2), draw(6), group=3)
    case("Conv", lambda x, w: F.conv1d(x, w, stride=2, padding=1), draw(2, 3, 7), draw(2, 3, 3), strides=[2], pads=[1, 1])
    transposed = lambda x, w, b: F.conv_transpose2d(x, w, b, stride=2, padding=1, output_padding=1, groups=2)
    attributes = dict(strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1], group=2)
    case("ConvTranspose", transposed, draw(1, 4, 3, 2), draw(4, 1, 3, 3), draw(2), **attributes)
    ties = torch.randint(0, 3, (2, 2, 6, 5)) / 2
    for options, attributes in [
        (dict(kernel_size=2, stride=2), dict(kernel_shape=[2, 2], strides=[2, 2])),
        (dict(kernel_size=3, stride=2, padding=1), dict(kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])),
        (dict(kernel_size=2, stride=2, ceil_mode=True), dict(kernel_shape=[2, 2], strides=[2, 2], ceil_mode=True)),
    ]:
        case("MaxPool", lambda x: F.max_pool2d(x, **options), ties, **attributes)
        average = dict(options, count_include_pad=False)
        case("AveragePool", lambda x: F.avg_pool2d(x, **average), draw(1, 2, 6, 5), **attributes)
    included = dict(kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], count_include_pad=True)
    case("AveragePool", lambda x: F.avg_pool2d(x, 3, 2, 1), draw(1, 2, 6, 5), **included)
    case("GlobalAveragePool", lambda x: F.adaptive_avg_pool2d(x, 1), draw(2, 2, 3, 4))
    case("GlobalMaxPool", lambda x: x.amax((2, 3), keepdim=True), ties)


def einsums():
    for equation, *shapes in [
        ("ij,jk->ik", (2, 3), (3, 4)),
        ("...ij,...jk->...ik", (2, 1, 2, 3), (1, 2, 3, 2)),
        ("ii->i", (3, 3)),
        ("iij,i->j", (3, 3, 2), (3,)),
        ("abc,a->b", (2, 3, 2), (2,)),
        ("bhqd,bhkd->bhqk", (1, 2, 2, 3), (1, 2, 3, 3)),
    ]:
        operands = [draw(*shape) for shape in shapes]
        case("Einsum", lambda *inputs: torch.einsum(equation, *inputs), *operands, equation=equation)


def normalizations():
    by_layer = lambda x, s, b: F.layer_norm(x, (3, 4), s, b)
    case("LayerNormalization", by_layer, draw(2, 3, 4), draw(3, 4), draw(3, 4), axis=1)
    case("RMSNormalization", lambda x, s: F.rms_norm(x, (4,), s, 1e-5), draw(3, 4), draw(4))
    case("GroupNormalization", lambda x, s, b: F.group_norm(x, 2, s, b), draw(2, 4, 3), draw(4), draw(4), num_groups=2)
    case("InstanceNormalization", lambda x, s, b: F.instance_norm(x, weight=s, bias=b), draw(2, 3, 4), draw(3), draw(3))
    given = lambda x, s, b, m, v: F.batch_norm(x, m.double(), v.double(), s, b)
    case("BatchNormalization", given, draw(3, 2, 2), draw(2), draw(2), draw(2).float(), draw(2, low=1).float())
    case("BatchNormalization", training, draw(4, 2, 3), draw(2), draw(2), draw(2), draw(2, low=1), training_mode=True)
    case("LpNormalization", lambda x: F.normalize(x, 2, 1), draw(3, 4), axis=1)
    case("LpNormalization", lambda x: F.normalize(x, 1, 0), draw(3, 4, low=1), axis=0, p=1)
    case("MeanVarianceNormalization", standardized, draw(2, 2, 2, 3))


def training(x, scale, bias, mean, variance):
    # ONNX keeps the variance of the population, PyTorch the unbiased one: the running statistics are written out.
    y = F.batch_norm(x, None, None, scale, bias, training=True)
    return y, 0.9 * mean + 0.1 * x.mean((0, 2)), 0.9 * variance + 0.1 * x.var((0, 2), unbiased=False)


def standardized(x):
    centered = x - x.mean((0, 2, 3), keepdim=True)
    return centered / (centered.square().mean((0, 2, 3), keepdim=True).sqrt() + 1e-9)


for section in [elementwise, reductions, selections, layouts, einsums, normalizations, convolutions]:
    section()
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps({"pytorch": torch.__version__, "cases": cases}, separators=(",", ":")) + "\n")
