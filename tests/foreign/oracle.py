"""Writes pairs of awkward Parquet files, and what is to be measured of them.

usage: oracle.py FOLDER

Each pair is a folder with reference.parquet and candidate.parquet; FOLDER/oracle.json says what
`driftgate check --format json` has to print: by pair and column, a list of
[JSON pointer inside the column, how to compare, value].

Values come from SciPy where SciPy is exact enough, else from the written definition in integers
and 50-digit decimals, with SciPy or NumPy as a second opinion to their own precision.
"""

import bisect
import datetime
import decimal
import json
import math
import pathlib
import sys
import warnings
from collections import Counter
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy import stats
from scipy.spatial.distance import jensenshannon

SEED = 20261123
EXACT_SIZE_MAX = 10_000
LOW_CARDINALITY_MAX = 20
DECILES = range(1, 10)
PERCENTS = (1, 5, 10, 25, 50, 75, 90, 95, 99)

decimal.getcontext().prec = 50
D = decimal.Decimal
HALF = Fraction(1, 2)


# --- the columns ---------------------------------------------------------------------------

def floats(make):
    """A column of doubles from `make(rng, n, drifted)`."""
    return lambda rng, n, drifted: pa.array(make(rng, n, drifted), pa.float64())


def typed(arrow_type, make):
    """A column of any type from Python values."""
    return lambda rng, n, drifted: pa.array(list(make(rng, n, drifted)), arrow_type)


def integers(arrow_type, make):
    """A column of integers, or of what integers count: days, microseconds, unscaled digits."""
    return lambda rng, n, drifted: pa.array([int(v) for v in make(rng, n, drifted)], arrow_type)


def decimals(precision, scale, make):
    def column(rng, n, drifted):
        values = [D(int(v)).scaleb(-scale) for v in make(rng, n, drifted)]
        return pa.array(values, pa.decimal128(precision, scale))
    return column


def with_nulls(column, share, share_drifted):
    def sprinkled(rng, n, drifted):
        values = column(rng, n, drifted)
        mask = rng.random(n) < (share_drifted if drifted else share)
        return pa.array([None if gone else v for gone, v in zip(mask, values)], values.type)
    return sprinkled


def special_floats(rng, n, drifted):
    pool = [math.nan, math.inf, -math.inf, -0.0, 0.0, 5e-324, -5e-324, 2.2250738585072014e-308,
            1e308, -1e308, 1.0]
    picks = rng.integers(1 if drifted else 0, len(pool), n)
    ordinary = rng.normal(size=n)
    return [pool[p] if i % 3 == 0 else ordinary[i] for i, p in enumerate(picks)]


def nearly_equal(rng, n, drifted):
    values = np.arange(n, dtype=float)
    if drifted and n > 2:
        values[n // 2] += 0.5
    return values


def zero_inflated(rng, n, drifted):
    return np.where(rng.random(n) < (0.55 if drifted else 0.6), 0.0, rng.exponential(10.0, n))


def categories(names, shift):
    def pick(rng, n, drifted):
        at = np.minimum(rng.geometric(0.2, n) - 1 + (shift if drifted else 0), len(names) - 1)
        return [names[i] for i in at]
    return pick


def dictionary(rng, n, drifted):
    names = [f"code-{i:02d}" for i in range(40)]
    return pa.array(categories(names, 0)(rng, n, drifted), pa.string()).dictionary_encode()


WORDS = ["", "a", "é", "ß", "zebra", "Zebra", "日本", "a b", "naïve", "null", "NaN", "😀"]

COLUMNS = {
    "normal": floats(lambda rng, n, d: rng.normal(0.1 if d else 0.0, 1.0, n)),
    "lognormal": floats(lambda rng, n, d: rng.lognormal(8.0, 2.1 if d else 2.0, n)),
    "zero_inflated": floats(zero_inflated),
    "ties": floats(lambda rng, n, d: np.round(rng.normal(0.0, 1.2 if d else 1.0, n), 1)),
    "constant": floats(lambda rng, n, d: np.full(n, 7.5)),
    "constant_moved": floats(lambda rng, n, d: np.full(n, 2.0 if d else 1.0)),
    "disjoint": floats(lambda rng, n, d: rng.random(n) + (5.0 if d else 0.0)),
    "nearly_equal": floats(nearly_equal),
    "specials": floats(special_floats),
    "denormals": floats(lambda rng, n, d: rng.integers(0, 900 if d else 1000, n) * 5e-324),
    "large": floats(lambda rng, n, d: rng.normal(1e9 if d else 0.0, 1e12, n) * 1e280),
    "offset": floats(lambda rng, n, d: 1e9 + rng.normal(0.02 if d else 0.0, 1e-1, n)),
    "float32": typed(pa.float32(), lambda rng, n, d: rng.normal(0.0, 1.0, n).astype("f4")),
    "float16": typed(pa.float16(), lambda rng, n, d: rng.normal(0.1, 1.0, n).astype("f2")),
    "low_floats": floats(lambda rng, n, d: rng.integers(0, 9 if d else 7, n) / 10),
    "gaps": with_nulls(floats(lambda rng, n, d: rng.normal(size=n)), 0.1, 0.13),
    "low_ints": integers(pa.int8(), lambda rng, n, d: rng.integers(-3, 4 if d else 5, n)),
    "ints": integers(pa.int32(), lambda rng, n, d: rng.poisson(210 if d else 200, n)),
    "big_ints": integers(pa.int64(), lambda rng, n, d: 2**53 + rng.integers(0, 3000, n)),
    "extreme_ints": integers(
        pa.int64(), lambda rng, n, d: rng.integers(-(2**63), 2**63 - 1, n, endpoint=True)),
    "uint64": integers(pa.uint64(), lambda rng, n, d: rng.integers(
        2**63 - 500, 2**64 - (1 if d else 2**20), n, dtype="u8")),
    "decimal": decimals(12, 2, lambda rng, n, d: rng.normal(-50 if d else 0, 9000, n)),
    "wide_decimal": decimals(30, 10, lambda rng, n, d: rng.integers(-(2**62), 2**62, n)),
    "date": integers(pa.date32(), lambda rng, n, d: rng.integers(-400, 9000 if d else 8000, n)),
    "few_dates": integers(pa.date32(), lambda rng, n, d: 20_000 + rng.integers(0, 5, n)),
    "instant": integers(pa.timestamp("us", "UTC"), lambda rng, n, d:
                        1_700_000_000_000_000 + rng.integers(-(10**15), 10**15, n)),
    "local_time": integers(pa.timestamp("ms"), lambda rng, n, d:
                           1_700_000_000_000 + 250 * rng.integers(0, 90 if d else 100, n)),
    "bool": typed(pa.bool_(), lambda rng, n, d: rng.random(n) < (0.35 if d else 0.3)),
    "text": typed(pa.string(), categories(WORDS, 1)),
    "gappy_text": with_nulls(typed(pa.string(), categories(WORDS[::-1], 0)), 0.3, 0.2),
    "dictionary": dictionary,
    "all_null": lambda rng, n, d: pa.nulls(n, pa.float64()),
    "null_reference": lambda rng, n, d: pa.array(
        rng.normal(size=n) if d else [None] * n, pa.float64()),
    "null_candidate": lambda rng, n, d: pa.array(
        [None] * n if d else rng.normal(size=n), pa.float64()),
    "nan_candidate": floats(lambda rng, n, d: np.full(n, np.nan) if d else rng.normal(size=n)),
    "null_text": lambda rng, n, d: pa.array([None if d else "x"] * n, pa.string()),
}

# Sizes: exact p (equal, coprime, with a common factor), the limit of exactness, the finite-n law
# beyond it, one row, and nothing at all. None of them is large enough for buckets.
PAIRS = {
    "small": (1000, 800, COLUMNS),
    "equal_sizes": (700, 700, COLUMNS),
    "last_exact": (9973, 10_000, COLUMNS),
    "first_asymptotic": (10_001, 9000, COLUMNS),
    "far_apart": (15_000, 37, COLUMNS),
    "few": (19, 7, COLUMNS),
    "one_against_many": (1, 300, COLUMNS),
    "one_each": (1, 1, COLUMNS),
    "empty_candidate": (300, 0, COLUMNS),
}

# More than 2**19 values: distances and quantiles come from buckets, and what needs all values
# (mean, σ, Wasserstein, distinct) is not asked for.
BUCKETED = {
    "normal": floats(lambda rng, n, d: rng.normal(0.004 if d else 0.0, 1.0, n)),
    "heavy_tail": floats(lambda rng, n, d: rng.standard_cauchy(n) * (1.02 if d else 1.0)),
    "zero_inflated": floats(zero_inflated),
    "ties": floats(lambda rng, n, d: np.round(rng.normal(0.0, 1.01 if d else 1.0, n), 3)),
    "low_ints": integers(pa.int8(), lambda rng, n, d: rng.integers(-3, 4 if d else 5, n)),
}
BUCKETED_SIZES = (560_000, 541_217)


# --- values as integers, numbers and text -----------------------------------------------------

class Side:
    """One column of one snapshot: its values as sortable Python numbers or text."""

    def __init__(self, array):
        self.type = array.type
        self.rows = len(array)
        self.nulls = array.null_count
        plain = array.cast(pa.string()) if pa.types.is_dictionary(array.type) else array
        self.values = sorted(self._values(plain.drop_null()))
        self.nans = self.rows - self.nulls - len(self.values)
        self.counts = Counter(self.values)
        self.distinct = sorted(self.counts)

    def _values(self, array):
        kind = array.type
        if pa.types.is_floating(kind):
            # Adding zero turns −0 into +0.
            numbers = array.cast(pa.float64()).to_numpy(zero_copy_only=False) + 0.0
            return numbers[~np.isnan(numbers)].tolist()
        if pa.types.is_date32(kind):
            return array.cast(pa.int32()).to_pylist()
        if pa.types.is_timestamp(kind):
            return array.cast(pa.int64()).to_pylist()
        if pa.types.is_decimal(kind):
            return [int(v.scaleb(kind.scale)) for v in array.to_pylist()]
        return array.to_pylist()

    def number(self, value):
        """The value as a double, for what needs distances."""
        return value / 10**self.type.scale if pa.types.is_decimal(self.type) else float(value)

    def text(self, value):
        kind = self.type
        if pa.types.is_boolean(kind):
            return "true" if value else "false"
        if pa.types.is_decimal(kind):
            return f"{D(value).scaleb(-kind.scale):f}"
        if pa.types.is_date32(kind):
            return (datetime.date(1970, 1, 1) + datetime.timedelta(value)).isoformat()
        if pa.types.is_timestamp(kind):
            return instant_text(value, {"ms": 1000, "us": 10**6}[kind.unit], kind.tz)
        return repr(value) if pa.types.is_floating(kind) else str(value)

    def rank(self, k, parts):
        """The smallest value with at least k/parts of all values at or below it."""
        return self.values[-(-k * len(self.values) // parts) - 1]


def instant_text(steps, per_second, zone):
    seconds, part = divmod(steps, per_second)
    text = (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)).isoformat()
    if part:
        digits = f"{part * (10**6 // per_second):06d}"
        text += "." + (digits[:3] if digits.endswith("000") else digits)
    return text + ("Z" if zone else "")


# --- statistics by their written definitions ----------------------------------------------------

def real(value):
    """A fraction as a 50-digit decimal."""
    value = Fraction(value)
    return D(value.numerator) / D(value.denominator)


def psi(reference, candidate):
    """Σ (q − p)·ln(q/p) with half a value added to each bin (Jeffreys)."""
    bins = len(reference)
    n, m = sum(reference) + bins * HALF, sum(candidate) + bins * HALF
    total = D(0)
    for r, c in zip(reference, candidate):
        p, q = real((r + HALF) / n), real((c + HALF) / m)
        total += (q - p) * (q / p).ln()
    return float(total)


def quantile_bins(reference, candidate):
    edges = sorted({reference.rank(k, 10) for k in DECILES})
    def counts(side):
        below = [bisect.bisect_right(side.values, edge) for edge in edges]
        return [b - a for a, b in zip([0, *below], [*below, len(side.values)])]
    return counts(reference), counts(candidate)


def value_bins(reference, candidate):
    ours = [reference.counts[value] for value in reference.distinct]
    theirs = [candidate.counts[value] for value in reference.distinct]
    unseen = len(candidate.values) - sum(theirs)
    return (ours + [0], theirs + [unseen]) if unseen else (ours, theirs)


def category_bins(reference, candidate):
    union = sorted(set(reference.counts) | set(candidate.counts))
    return [reference.counts[v] for v in union], [candidate.counts[v] for v in union]


def distances(ours, theirs):
    """Distances of shares over bins, with SciPy's opinion where it has one."""
    n, m = sum(ours), sum(theirs)
    shares = [(Fraction(r, n), Fraction(c, m)) for r, c in zip(ours, theirs)]
    js = sum((part(p, (p + q) / 2) + part(q, (p + q) / 2) for p, q in shares), D(0)) / 2
    js = float(max(js, D(0)).sqrt())
    scipy_js = jensenshannon([float(p) for p, _ in shares], [float(q) for _, q in shares], base=2)
    assert abs(js**2 - scipy_js**2) < 1e-14, (js, scipy_js)
    hellinger = sum(((real(p).sqrt() - real(q).sqrt()) ** 2 for p, q in shares), D(0)) / 2
    gaps = [abs(p - q) for p, q in shares]
    yield "/metrics/js_distance_log2/value", "value", js
    yield "/metrics/hellinger/value", "value", float(hellinger.sqrt())
    yield "/metrics/total_variation/value", "value", float(sum(gaps) / 2)
    yield "/metrics/l_infinity/value", "value", float(max(gaps))


def part(p, mean):
    return real(p) * (real(p) / real(mean)).ln() / D(2).ln() if p else D(0)


def chi_square(ours, theirs):
    table = np.array([pair for pair in zip(ours, theirs) if any(pair)]).T
    if table.shape[1] < 2:
        yield "/metrics/chi_square_two_sample", "absent", None
        return
    n, m = sum(ours), sum(theirs)
    statistic = sum(Fraction((r * m - c * n) ** 2, n * m * (r + c)) for r, c in table.T.tolist())
    found = stats.chi2_contingency(table, correction=False)
    assert math.isclose(found.statistic, statistic, rel_tol=1e-9, abs_tol=1e-12)
    v = stats.contingency.association(table, method="cramer", correction=False)
    assert math.isclose(v, math.sqrt(statistic / (n + m)), rel_tol=1e-9, abs_tol=1e-6)
    p = stats.chi2.sf(float(statistic), found.dof)
    yield "/metrics/chi_square_two_sample/statistic", "value", float(statistic)
    yield "/metrics/chi_square_two_sample/degrees", "exact", int(found.dof)
    yield "/metrics/chi_square_two_sample/cramersV", "value", math.sqrt(statistic / (n + m))
    yield "/metrics/chi_square_two_sample/p", "p", float(p)


def kolmogorov_smirnov(reference, candidate):
    n, m = len(reference.values), len(candidate.values)
    union = sorted(set(reference.counts) | set(candidate.counts))
    below = np.array([[bisect.bisect_right(side.values, value) for value in union]
                      for side in (reference, candidate)], dtype=np.int64)
    numerator = int(np.abs(below[0] * m - below[1] * n).max())
    d = Fraction(numerator, n * m)
    if max(n, m) <= EXACT_SIZE_MAX:
        # Ranks have the same D as the values, and no infinities or integers beyond 2**53.
        ranks = [np.searchsorted(np.arange(len(union)), np.repeat(
            np.arange(len(union)), [side.counts[value] for value in union]))
            for side in (reference, candidate)]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = stats.ks_2samp(*ranks, method="exact")
        assert math.isclose(found.statistic, d, rel_tol=1e-12, abs_tol=1e-15)
        p = found.pvalue
    else:
        p = stats.kstwo.sf(float(d), round(n * m / (n + m)))
    yield "/metrics/ks_two_sample/d", "d", float(d)
    yield "/metrics/ks_two_sample/numerator", "exact", str(numerator)
    yield "/metrics/ks_two_sample/p", "p", float(p)


def wasserstein(reference, candidate, sigma):
    union = sorted({side.number(v) for side in (reference, candidate) for v in side.counts})
    if not all(map(math.isfinite, union)):
        return
    sides = [[side.number(v) for v in side.values] for side in (reference, candidate)]
    n, m = map(len, sides)
    terms = []
    for low, high in zip(union, union[1:]):
        gap = bisect.bisect_right(sides[0], low) * m - bisect.bisect_right(sides[1], low) * n
        terms.append(abs(gap) / (n * m) * (high - low))
    value = math.fsum(terms)
    opinion = stats.wasserstein_distance(*sides)
    assert math.isclose(value, opinion, rel_tol=1e-9, abs_tol=1e-300 + 1e-12 * abs(union[-1])), value
    yield "/metrics/wasserstein_1/value", "value", value
    if sigma:
        yield "/metrics/wasserstein_1/scaled", "value", value / sigma


def moments(side):
    """Mean and population σ, scaled by a power of two so that squares neither vanish nor overflow."""
    numbers = [side.number(value) for value in side.values]
    if not numbers or not all(map(math.isfinite, numbers)):
        return None
    exponent = math.frexp(max(map(abs, numbers)))[1]
    # Two steps, since 2**1074 is no double.
    scaled = [math.ldexp(value, -exponent) for value in numbers]
    mean = sum(map(Fraction, scaled)) / len(scaled)
    centre = float(mean)
    rest = float(mean - Fraction(centre))
    variance = math.fsum((value - centre - rest) ** 2 for value in scaled) / len(scaled)
    return math.ldexp(centre, exponent), math.ldexp(math.sqrt(variance), exponent)


def missing(reference, candidate):
    kinds = [(reference.nulls, candidate.nulls), (reference.nans, candidate.nans),
             (len(reference.values), len(candidate.values))]
    seen = [pair for pair in kinds if any(pair)]
    yield ("/metrics/psi_missing_jeffreys/value", "value",
           psi(*([pair[side] for pair in seen] for side in (0, 1))))
    for name, ours, theirs in [("null", reference.nulls, candidate.nulls),
                               ("nan", reference.nans, candidate.nans)]:
        change = Fraction(theirs, candidate.rows) - Fraction(ours, reference.rows)
        yield f"/metrics/{name}_rate_change/value", "value", float(change)


# --- what is expected of a column -----------------------------------------------------------------

def kind_of(reference):
    kind = reference.type
    if pa.types.is_string(kind) or pa.types.is_dictionary(kind):
        return "categorical"
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_temporal(kind):
        return "temporal"
    return "low-cardinality" if len(reference.counts) <= LOW_CARDINALITY_MAX else "numeric"


def side_facts(name, side, kind, whole):
    yield f"/{name}/rows", "exact", side.rows
    yield f"/{name}/nulls", "exact", side.nulls
    yield f"/{name}/nans", "exact", side.nans
    compare = "number" if pa.types.is_floating(side.type) else "exact"
    ends = (side.values[0], side.values[-1]) if side.values else (None, None)
    for end, value in zip(("min", "max"), ends):
        yield f"/{name}/{end}", compare, None if value is None else side.text(value)
    if kind == "categorical":
        yield f"/{name}/distinct", "exact", len(side.counts)
        return
    for percent in PERCENTS if side.values else ():
        value = side.text(side.rank(percent, 100))
        yield f"/{name}/quantiles/p{percent:02d}", compare, value
    if not whole:
        return
    yield f"/{name}/distinct", "exact", len(side.counts)
    if found := moments(side):
        mean, sigma = found
        # A mean of values that cancel is as good as the values, no better.
        yield f"/{name}/mean", "value", mean
        yield f"/{name}/standardDeviation", "value", sigma


def expected(reference, candidate, whole):
    kind = kind_of(reference)
    yield "/kind", "exact", kind
    yield from side_facts("reference", reference, kind, whole)
    yield from side_facts("candidate", candidate, kind, whole)
    if candidate.rows:
        yield from missing(reference, candidate)
    else:
        yield "/metrics/null_rate_change", "absent", None
    if not (reference.values and candidate.values):
        for metric in ("ks_two_sample", "chi_square_two_sample", "js_distance_log2",
                       "wasserstein_1", "psi_quantile10_jeffreys", "psi_values_jeffreys",
                       "psi_categories_jeffreys"):
            yield f"/metrics/{metric}", "absent", None
        return
    by_value = kind in ("boolean", "low-cardinality")
    name, make = {
        "categorical": ("psi_categories_jeffreys", category_bins),
    }.get(kind, ("psi_values_jeffreys", value_bins) if by_value
          else ("psi_quantile10_jeffreys", quantile_bins))
    ours, theirs = make(reference, candidate)
    yield f"/metrics/{name}/value", "value", psi(ours, theirs)
    for index, (r, c) in enumerate(zip(ours, theirs)):
        yield f"/metrics/{name}/bins/{index}/reference", "exact", r
        yield f"/metrics/{name}/bins/{index}/candidate", "exact", c
    yield f"/metrics/{name}/bins/{len(ours)}", "absent", None
    yield from distances(ours, theirs)
    yield from chi_square(ours, theirs)
    if kind in ("categorical", "boolean"):
        yield "/metrics/ks_two_sample", "absent", None
    else:
        yield from kolmogorov_smirnov(reference, candidate)
        if whole:
            found = moments(reference)
            yield from wasserstein(reference, candidate, found and found[1])
    if kind == "categorical":
        for name, mine, other in [("new", candidate, reference),
                                  ("vanished", reference, candidate)]:
            only = {v: count for v, count in mine.counts.items() if v not in other.counts}
            path = f"/metrics/category_change/categories/{name}"
            yield f"{path}Count", "exact", len(only)
            yield f"{path}Share", "value", sum(only.values()) / len(mine.values)


def write_pair(folder, columns, sizes, whole, seed):
    folder.mkdir()
    tables = []
    for side, rows in enumerate(sizes):
        rng = np.random.default_rng([SEED, seed, side])
        table = pa.table({name: make(rng, rows, side == 1) for name, make in columns.items()})
        path = folder / ("candidate.parquet" if side else "reference.parquet")
        pq.write_table(table, path, row_group_size=max(rows // 3, 1))
        tables.append(table)
    found = {}
    for name in columns:
        ours, theirs = (Side(table.column(name).combine_chunks()) for table in tables)
        found[name] = list(expected(ours, theirs, whole))
    return {"whole": whole, "columns": found}


def main(folder):
    folder = pathlib.Path(folder)
    pairs = {}
    for seed, (name, (n, m, columns)) in enumerate(PAIRS.items()):
        pairs[name] = write_pair(folder / name, columns, (n, m), True, seed)
    pairs["bucketed"] = write_pair(folder / "bucketed", BUCKETED, BUCKETED_SIZES, False, 99)
    (folder / "oracle.json").write_text(json.dumps(pairs, allow_nan=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
