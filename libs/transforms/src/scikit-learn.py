"""Writes scikit-learn.json beside this file: what scikit-learn (or numpy, where it has no such transform) computes.

Run: python scikit-learn.py   (scikit-learn 1.9)

Each case has the columns of a training split and of served rows, and the encoding of the served rows. In JSON, null is a
missing value, "inf" an infinite one, and INT64 values are strings.
"""

import json
import math
import pathlib

import numpy as np
import sklearn
from sklearn.feature_extraction import FeatureHasher
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)

NAN = float("nan")
random = np.random.default_rng(20261128)
cases = []


def number(dtype, train, serve):
    return {"type": {"kind": "number", "dtype": dtype}, "train": list(train), "serve": list(serve)}


def floats(train, serve):
    return number("FP64", [float(v) for v in train], [float(v) for v in serve])


def plain(value):
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (float, np.floating)):
        if np.isnan(value):
            return None
        return float(value) if np.isfinite(value) else ("inf" if value > 0 else "-inf")
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    return value


def cell(value):
    return [element if isinstance(element, str) else plain(element) for element in value] if isinstance(value, list) else plain(value)


def case(kind, title, columns, expected, parameters=None, names=None):
    expected = np.asarray(expected, dtype=float)
    cases.append(
        {
            "kind": kind,
            "title": title,
            "parameters": parameters or {},
            "columns": [
                {**column, **{part: [cell(v) for v in column[part]] for part in ("train", "serve")}} for column in columns
            ],
            "expected": expected.tolist(),
            **({"names": names} if names else {}),
        }
    )


# Numbers -------------------------------------------------------------------------------------------------------------

IMPUTERS = {"mean": "mean", "median": "median", "mode": "most_frequent", "constant": "constant"}


def pipeline(scalers, columns, parameters=None, exponent=0):
    """Values are multiplied by 2^exponent first: scikit-learn takes tiny ranges for constant and overflows with huge ones."""
    imputation = {"strategy": "mean", **(parameters or {}).get("impute", {})}

    def matrix(part):
        rows = np.ldexp(np.array([[float(v) for v in column[part]] for column in columns]).T, exponent)
        return np.where(np.isfinite(rows), rows, NAN)

    strategy = imputation["strategy"]
    fill = {"fill_value": imputation.get("fill", 0.0)} if strategy == "constant" else {}
    train, serve = matrix("train"), matrix("serve")
    imputer = SimpleImputer(strategy=IMPUTERS[strategy], keep_empty_features=True, **fill)
    encoded = make_pipeline(imputer, *scalers).fit(train).transform(serve)
    indicator = imputation.get("indicator", "auto")
    flags = [
        np.isnan(serve[:, i])
        for i in range(len(columns))
        if indicator == "always" or (indicator == "auto" and np.isnan(train[:, i]).any())
    ]
    return np.column_stack([encoded, *flags])


def scaled(kind, scalers, title, columns, parameters=None, exponent=0, names=None):
    case(kind, title, columns, pipeline(scalers, columns, parameters, exponent), parameters, names)


ages = [39, 50, NAN, 38, 53, 28, 37, NAN, 49, 52.5, 31]
table = [
    floats(ages, [41, NAN, 17, 90, 39]),
    number("INT64", [2174, 0, 0, 0, 0, 14084, 5178, 0, 0, 0, 99999], [0, 1, 99999, -5, 10**9]),
    number("BOOL", [True, False, False, True, True, False, True, True, False, True, True], [True, False, True, False, True]),
]
TABLE_NAMES = ["c0", "c1", "c2", "c0 (missing)"]
large = [2**60 + 2**40 * int(step) for step in random.integers(0, 1000, 30)]
FAMILY = {
    "standard": [StandardScaler()],
    "min-max": [MinMaxScaler()],
    "robust": [RobustScaler()],
    "impute": [],
}
for kind, scalers in FAMILY.items():
    default = {} if kind != "robust" else {"impute": {"strategy": "median"}}
    scaled(kind, scalers, "numbers, integers and booleans, with missing values", table, default, names=TABLE_NAMES)
    for strategy in IMPUTERS:
        parameters = {"impute": {"strategy": strategy, "fill": -7.5, "indicator": "never"}}
        ties = floats([3, 1, 1, 3, NAN, 2, 8], [NAN, 1, 5, -1e3])
        scaled(kind, scalers, f"the strategy {strategy}", [ties], parameters)
    always = {"impute": {"strategy": "mean", "indicator": "always"}}
    scaled(kind, scalers, "an indicator without missing values", [floats([1, 2, 4], [NAN, 3])], always)
    scaled(kind, scalers, "constant columns", [floats([0.1] * 7, [0.1, 0.1]), number("INT64", [5] * 7, [5, 5])], default)
    rounded = [0.3, 0.1 + 0.2, 0.3, 0.3]
    scaled(kind, scalers, "a spread that is rounding only", [floats(rounded, [0.3, 0.1 + 0.2, 0.4])], default)
    scaled(kind, scalers, "a column without values", [floats([NAN] * 4, [NAN, 2])], default)
    infinite = floats([1, np.inf, 2, 4, -np.inf, 9], [np.inf, -np.inf, NAN, 3])
    scaled(kind, scalers, "infinite values are missing", [infinite], default)
    scaled(kind, scalers, "integers beyond 2^53", [number("INT64", large, [*large[:4], 2**60, 2**61])], default)
    offset = floats(1e9 + random.normal(size=50), 1e9 + random.normal(size=7))
    scaled(kind, scalers, "a small deviation beside a large mean", [offset], default)
    values, served = random.normal(size=40), random.normal(size=7)
    if kind == "impute":
        scaled(kind, scalers, "values around 1e-40", [floats(values * 2.0**-133, served * 2.0**-133)], default)
        continue
    for title, exponent in (("1e-40", -133), ("1e-310", -1030), ("1e307", 1020)):
        column = floats(np.ldexp(values, exponent), np.ldexp(served, exponent))
        scaled(kind, scalers, f"a deviation around {title}", [column], default, -exponent)

scaled("min-max", [MinMaxScaler((-1, 3))], "another range", [table[0]], {"low": -1, "high": 3})
scaled(
    "robust",
    [RobustScaler(quantile_range=(10, 95))],
    "another range of quantiles",
    [table[0]],
    {"lowerQuantile": 0.1, "upperQuantile": 0.95, "impute": {"strategy": "median"}},
)

ranks_random = np.random.default_rng(7)
skewed = ranks_random.lognormal(3, 2, 200)
# So many rows and quantiles that the ranks are exact in FP64: scikit-learn takes others for ranks just below.
heaped = ranks_random.poisson(1.5, 3 * 64 + 1)
for output in ("uniform", "normal"):

    def ranked(title, columns, quantiles=1_000):
        ranks = QuantileTransformer(n_quantiles=quantiles, output_distribution=output, subsample=None)
        parameters = {"output": output, "quantiles": quantiles, "impute": {"strategy": "median"}}
        scaled("quantile", [ranks], f"{title} ({output})", columns, parameters)

    between = np.concatenate([skewed[:40], skewed[:40] * 1.0001, [0, -1, 1e9, skewed.min(), skewed.max()]])
    ranked("a skewed column", [floats(skewed, between)])
    ranked("few quantiles", [floats(skewed, between)], 7)
    ranked("values that many rows have", [floats(heaped, [*range(-1, 9), 0.5, 1.25])], 65)
    ranked("missing values, integers and booleans", table, 3)
    ranked("a constant column", [floats([5] * 9, [5, 4, 6])])
    ranked("one row", [floats([5], [5, 4, 6])])
    ranked("a column without values", [floats([NAN] * 4, [NAN, 2, -2])])


def clipped(title, column, parameters, low=None, high=None):
    train, serve = (np.array(column[part], dtype=float) for part in ("train", "serve"))
    fill = np.nanmean(train)
    flags = np.isnan(serve)
    has_missing = np.isnan(train).any()
    train, serve = np.where(np.isnan(train), fill, train), np.where(flags, fill, serve)
    low = np.quantile(train, parameters.get("lowerQuantile", 0.01)) if low is None else low
    high = np.quantile(train, parameters.get("upperQuantile", 0.99)) if high is None else high
    train, serve = np.clip(train, low, high)[:, None], np.clip(serve, low, high)[:, None]
    if parameters.get("standardize", True):
        serve = StandardScaler().fit(train).transform(serve)
    case("clip", title, [column], np.column_stack([serve, *([flags] if has_missing else [])]), parameters)


outliers = floats([*random.normal(size=60), NAN, 1e6, -1e9], [0.5, NAN, 1e12, -1e12, 0.01])
clipped("quantiles", outliers, {})
clipped("quantiles without scaling", outliers, {"standardize": False, "lowerQuantile": 0.2, "upperQuantile": 0.7})
clipped("given limits", outliers, {"low": -1, "high": 0.75}, -1, 0.75)

# Categories ----------------------------------------------------------------------------------------------------------


def words(kind, train, serve):
    return {"type": {"kind": kind}, "train": train, "serve": serve}


def one_hot(title, column, parameters=None, names=None, **options):
    """Missing values are a category of their own in scikit-learn: its column is moved to the end."""
    encoder = OneHotEncoder(sparse_output=False, handle_unknown="infrequent_if_exist", **options)
    train, serve = ([[v] for v in column[part]] for part in ("train", "serve"))
    seen = {v for v in column["train"]}
    encoder.fit(np.array(train, dtype=object))
    encoded = encoder.transform(np.array(serve, dtype=object))
    if None in seen and not options:
        at = list(encoder.categories_[0]).index(None)
        encoded = np.column_stack([np.delete(encoded, at, 1), encoded[:, at]])
    case("one-hot", title, [column], encoded, parameters, names)


WORDS = ["b", "é", "NaN", "a", "b", "日本", "null", "b", "b ", "10", "9", "🜂", "a'\"\\"]
SERVED = ["NaN", "nan", None, "é", "e\u0301", "日本", "日", "b", "b ", "b  ", "10", "10.0", "🜂", "a'\"\\", "null", "a\t"]
ranks = sorted(set(WORDS), key=lambda word: (float(word) if word.isdigit() else 1e9, word.encode("utf-16-be")))


def by_rank(serve, categories):
    return [[float(value == category) for category in categories] for value in serve]


for kind in ("category", "text"):
    case(
        "one-hot",
        f"{kind}: UTF-8, and words that look like missing values",
        [words(kind, WORDS, SERVED)],
        by_rank(SERVED, ranks),
        names=[f"c0={rank}" for rank in ranks],
    )
    colours = words(kind, ["red", "green", None, "blue", "red", None], ["green", None, "pink", "red", "blue"])
    one_hot(f"{kind}: a missing value has its own element", colours, names=["c0=blue", "c0=green", "c0=red", "c0 (missing)"])

letters = words("category", list("aaaaabbbbcccdde"), [*"abcdef", None])
limited = {"maxCategories": 3}
one_hot("the most frequent categories", letters, limited, ["c0=a", "c0=b", "c0 (other)"], max_categories=3)
one_hot("a minimum frequency", letters, {"minFrequency": 4}, ["c0=a", "c0=b", "c0 (other)"], min_frequency=4)
one_hot("both", letters, {"minFrequency": 2, "maxCategories": 4}, min_frequency=2, max_categories=4)
one_hot("equally frequent ones", words("category", list("ccaabbdd"), list("abcd")), limited, max_categories=3)
case("one-hot", "rare categories without an element", [letters], by_rank(letters["serve"], "abc"), {**limited, "other": "never"})
always = {"other": "always", "missing": "always"}
expected = [[*row, float(v == "z"), float(v is None)] for v, row in zip("abz", by_rank("abz", "ab"))] + [[0, 0, 0, 1]]
case("one-hot", "elements that the training split does not have", [words("category", list("ab"), [*"abz", None])], expected, always)
flags = number("BOOL", [True, False, True], [False, True])
case("one-hot", "booleans", [flags], [[1, 0], [0, 1]], names=["c0=false", "c0=true"])
case("one-hot", "booleans that were always true", [number("BOOL", [True, True], [False, True])], [[0], [1]])
case("one-hot", "only missing values", [words("category", [None, None], [None, "a"])], [[1], [0]], names=["c0 (missing)"])


def ordinals(title, column, parameters=None, **options):
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2, **options)
    train, serve = (np.array([[NAN if v is None else v] for v in column[part]], dtype=object) for part in ("train", "serve"))
    case("ordinal", title, [column], encoder.fit(train).transform(serve), {"scale": "none", "missing": -2, **(parameters or {})})


sizes = words("category", ["small", "large", "medium", None, "large"], ["large", None, "huge", "small", "medium"])
ordinals("positions", sizes)
ordinals("a given order", sizes, {"order": ["small", "medium", "large"]}, categories=[["small", "medium", "large", NAN]])
case("ordinal", "scaled, numbers by value", [words("text", ["10", "9", "x", "1"], ["1", "9", "10", "x", None, "2"])],
     [[0], [1 / 3], [2 / 3], [1], [-1], [-1]], names=["c0"])  # fmt: skip
case("ordinal", "one category", [words("category", ["a", "a"], ["a", "b"])], [[0], [-1]])
case("ordinal", "booleans", [flags], [[0], [1]])

index = {rank: position + 1 for position, rank in enumerate(ranks)}
for kind in ("category", "text"):
    case("category-index", f"{kind}: UTF-8", [words(kind, WORDS, SERVED)], [index.get(v, 0) for v in SERVED])
colours = words("category", ["red", "green", None, "blue", "red"], ["green", None, "pink", "red", "blue"])
case("category-index", "missing values have an index", [colours], [2, 4, 0, 3, 1])
case("category-index", "rare categories count as unseen", [letters], [1, 2, 0, 0, 0, 0, 0], {"minFrequency": 4})
case("category-index", "the most frequent categories", [letters], [1, 2, 3, 0, 0, 0, 0], {"maxCategories": 3})
case("category-index", "only missing values", [words("text", [None, None], [None, "a"])], [1, 0])

case("boolean", "booleans", [flags], [[0], [1]], names=["c0"])
answers = words("category", ["yes", "No", "yEs", None, "no", "YES"], ["YES", "yes", "yEs", "no", "NO", None, "maybe"])
case("boolean", "words in any case, with missing values", [answers], [[1, 0], [1, 0], [1, 0], [0, 0], [0, 0], [0.6, 1], [0.6, 1]],
     names=["c0", "c0 (missing)"])  # fmt: skip
case("boolean", "a given value for missing ones", [answers], [[1], [1], [1], [0], [0], [-1], [-1]], {"fill": -1, "indicator": "never"})
income = words("text", ["<=50K", ">50K", "<=50K", "<=50K"], [">50K", "<=50K", "", "60"])
case("boolean", "given words", [income], [[1], [0], [0.25], [0.25]], {"true": [">50K"], "false": ["<=50K"]})

for buckets in (2, 8, 32):
    hasher = FeatureHasher(buckets, input_type="string", alternate_sign=False)
    known = [word for word in SERVED if word in WORDS]
    expected = hasher.transform([[word] for word in known]).toarray()
    case("hash", f"{buckets} buckets", [words("text", WORDS, [*known, "unseen", None])], [*expected, [0] * buckets, [0] * buckets], {"buckets": buckets})
expected = FeatureHasher(16, input_type="string", alternate_sign=False).transform([["red"], ["blue"]]).toarray()
case("hash", "missing values have an element", [words("category", ["red", None, "blue"], ["red", "blue", None])],
     [*([*row, 0] for row in expected), [0] * 16 + [1]], {"buckets": 16},
     [*(f"c0 (hash {bucket})" for bucket in range(16)), "c0 (missing)"])  # fmt: skip

# Vectors -------------------------------------------------------------------------------------------------------------


def vectors(dtype, train, serve):
    shape = list(train.shape[1:])
    return {"type": {"kind": "vector", "dtype": dtype, "shape": shape}, "train": train, "serve": serve}


def vector_case(kind, title, dtype, train, serve, expected, names=None, parameters=None):
    column = vectors(dtype, train, serve)
    flat = {part: [[plain(float(v)) for v in row.ravel()] for row in column[part]] for part in ("train", "serve")}
    case(kind, title, [{**column, **flat}], expected, parameters, names)


images = random.integers(0, 256, (5, 3, 2)).astype(np.uint8)
names = [f"c0[{row},{column}]" for row in range(3) for column in range(2)]
vector_case("pixels", "images", "UINT8", images, images, images.reshape(5, 6) * np.float32(1 / 255), names)
vector_case("pixels", "one axis", "UINT8", images[:, 0], images[:, 1], images[:, 1] / 255)
for dtype, numpy_dtype in (("FP32", np.float32), ("FP64", np.float64), ("UINT8", np.uint8)):
    train = (random.normal(size=(20, 2, 3)) * 40 + 120).astype(numpy_dtype)
    train[:, 0, 0] = 7
    serve = (random.normal(size=(6, 2, 3)) * 60 + 120).astype(numpy_dtype)
    wide = [part.reshape(len(part), 6).astype(np.float64) for part in (train, serve)]
    if dtype != "UINT8":
        serve[0, 0, 0], serve[1, 0, 1], train[2, 1, 2] = np.nan, np.inf, -np.inf
        wide[0][2, 5] = np.nan
        wide[1][0, 0], wide[1][1, 1] = 7, np.nanmean(wide[0][:, 1])
    encoded = StandardScaler().fit(wide[0]).transform(wide[1])
    vector_case("vector-standard", f"{dtype}: elements, one of them constant", dtype, train, serve, encoded,
                [f"c0[{row},{column}]" for row in range(2) for column in range(3)])  # fmt: skip
far = (random.normal(size=(9, 2)) * 3 + 2**25).astype(np.float64)
vector_case("vector-standard", "values beyond 2^24", "FP64", far, far[:4], StandardScaler().fit(far).transform(far[:4]))
values = random.normal(size=(9, 2)).astype(np.float32)
small = values * np.float32(2.0**-130)
reference = StandardScaler().fit(small.astype(np.float64) * 2.0**130).transform(small[:4].astype(np.float64) * 2.0**130)
vector_case("vector-standard", "a deviation around 1e-39", "FP32", small, small[:4], reference)

# Timestamps ----------------------------------------------------------------------------------------------------------

PERIODS = {"quarter": (1, 4), "month": (1, 12), "day": (1, 31), "day-of-year": (1, 366), "weekday": (0, 7),
           "hour": (0, 24), "minute": (0, 60), "second": (0, 60)}  # fmt: skip


def part_of(moment, part):
    """numpy's own calendar, which has years before 1 and after 9999."""
    month = moment.astype("datetime64[M]")
    day = moment.astype("datetime64[D]")
    second = moment.astype("datetime64[s]")
    return {
        "year": lambda: int(moment.astype("datetime64[Y]").astype(int)) + 1970,
        "quarter": lambda: int(month.astype(int)) % 12 // 3 + 1,
        "month": lambda: int(month.astype(int)) % 12 + 1,
        "day": lambda: int((day - month).astype(int)) + 1,
        "day-of-year": lambda: int((day - moment.astype("datetime64[Y]").astype("datetime64[D]")).astype(int)) + 1,
        "weekday": lambda: (int(day.astype(int)) + 3) % 7,
        "hour": lambda: int((second - day).astype(int)) // 3600,
        "minute": lambda: int((second - day).astype(int)) // 60 % 60,
        "second": lambda: int((second - day).astype(int)) % 60,
    }[part]()


def dates(title, train, serve, parameters, names=None):
    train, serve = ([None if t is None else np.datetime64(t, "us") for t in each] for each in (train, serve))
    pieces = []
    for part in parameters.get("parts", ["year", "month", "day", "weekday", "hour"]):
        if part in PERIODS and parameters.get("cyclical", True):
            first, period = PERIODS[part]
            angles = [None if t is None else 2 * math.pi * (part_of(t, part) - first) / period for t in serve]
            pieces += [[0.0 if a is None else f(a) for a in angles] for f in (math.sin, math.cos)]
            continue
        known = np.array([[float(part_of(t, part))] for t in train if t is not None])
        scaler = StandardScaler().fit(known)
        pieces.append([0.0 if t is None else scaler.transform([[float(part_of(t, part))]])[0][0] for t in serve])
    if any(t is None for t in train):
        pieces.append([float(t is None) for t in serve])
    micros = [[None if t is None else int(t.astype(np.int64)) for t in each] for each in (train, serve)]
    column = {"type": {"kind": "timestamp"}, "train": micros[0], "serve": micros[1]}
    case("date-parts", title, [column], np.array(pieces).T, parameters, names)


some = ["2019-12-31T23:59:59.999999", "2020-02-29T12:00", None, "2021-03-01T00:00:00", "1999-06-15T18:30:30"]
dates("the usual parts, with missing values", some, ["2024-02-29T06:00", None, "1970-01-01", "1969-12-31T23:00"], {},
      [f"c0 ({name})" for name in ["year", "month sin", "month cos", "day sin", "day cos", "weekday sin", "weekday cos",
                                   "hour sin", "hour cos", "missing"]])  # fmt: skip
extremes = [np.datetime64(int(days), "D") for days in random.integers(-4_372_000, 2_932_000, 300)]
extremes = [(day.astype("datetime64[us]") + int(micros)) for day, micros in zip(extremes, random.integers(0, 86_400_000_000, 300))]
borders = [f"{year}-{day}" for year in ("-10000", "-0400", "-0001", "0000", "0001", "0004", "0100", "1600", "1700", "1900", "1969",
                                        "1970", "2000", "2023", "2024", "2100", "9999")
           for day in ("01-01", "02-28T23:59:59.999999", "03-01", "12-31T23:59:59")]  # fmt: skip
for cyclical in (True, False):
    dates(
        f"all parts over 20,000 years, cyclical {cyclical}".lower(),
        extremes,
        [*borders, *extremes[:60]],
        {"parts": ["year", *PERIODS], "cyclical": cyclical},
    )
dates("always the same moment", ["2020-01-01"] * 3, ["2020-01-01", None], {"parts": ["year", "hour"], "cyclical": False})
ends = [np.datetime64(-(2**63) + 2 * 86_400 * 10**6, "us"), np.datetime64(2**63 - 1, "us")]
dates("the ends of INT64", some, ends, {"parts": ["year", *PERIODS], "cyclical": False})
missing = {"type": {"kind": "timestamp"}, "train": [None, None], "serve": [None, 10**15]}
case("date-parts", "a column without values", [missing], [[0, 1], [2001, 0]], {"parts": ["year"]})

# Images: channels last in, channels first out -------------------------------------------------------------------------

pixels = np.random.default_rng(13)
for title, shape in (("one channel", (3, 2)), ("three channels", (2, 4, 3))):
    channels = shape[2] if len(shape) == 3 else 1
    train, serve = (pixels.integers(0, 200, (rows, *shape)).astype(np.uint8) for rows in (12, 5))
    scaler = StandardScaler().fit(train.reshape(-1, channels) / 255)
    for normalize, scaled in (("standard", scaler.transform(serve.reshape(-1, channels) / 255)), ("unit", serve / 255)):
        encoded = np.moveaxis(scaled.reshape(5, *shape[:2], channels), 3, 1).reshape(5, -1)
        vector_case("image", f"{title}, {normalize}", "UINT8", train, serve, encoded, parameters={"normalize": normalize})

# What `auto` chooses, by type ----------------------------------------------------------------------------------------

AUTOMATIC = ["standard", "boolean", "one-hot", "date-parts", "pixels", "vector-standard"]
for kind in AUTOMATIC:
    first = next(each for each in cases if each["kind"] == kind and not each["parameters"])
    if len(first["columns"]) > 1:
        first = {**first, "columns": first["columns"][:1], "expected": [[row[0], row[-1]] for row in first["expected"]]}
        first["names"] = [first["names"][0], first["names"][-1]]
    cases.append({**first, "kind": "auto", "title": f"{kind}: {first['title']}"})

path = pathlib.Path(__file__).with_suffix(".json")
lines = ",\n".join(json.dumps(each, separators=(",", ":"), ensure_ascii=False, allow_nan=False) for each in cases)
path.write_text(f'{{"scikit-learn":"{sklearn.__version__}","numpy":"{np.__version__}","cases":[\n{lines}\n]}}\n')
print(f"{len(cases)} cases")
