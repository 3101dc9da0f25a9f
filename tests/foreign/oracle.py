"""Writes adversarial pairs of Parquet files and, by NumPy and SciPy, what must be said of them.

usage: oracle.py OUT    writes OUT/<pair>/{reference,candidate}.parquet and OUT/<pair>/oracle.json

Definitions, written here a second time and apart from the program under test: PSI over reference
deciles by the inverted distribution function (right-closed, open ends, equal edges merged; one bin
per value up to 20 distinct ones), half a row added to each bin; KS as an exact fraction, p by
ks_2samp up to 10,000 rows a side and kstwo beyond; the others as SciPy has them.
"""

import json
import math
import os
import sys
from decimal import Decimal, getcontext
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy import stats

getcontext().prec = 50


def psi(reference, candidate):
    bins = len(reference)
    p = (reference + 0.5) / (reference.sum() + 0.5 * bins)
    q = (candidate + 0.5) / (candidate.sum() + 0.5 * bins)
    return math.fsum((q - p) * np.log(q / p))


def bins_of_numbers(reference, candidate, temporal):
    distinct = np.unique(reference)
    if len(distinct) <= 20 and not temporal:
        ours = np.array([(reference == v).sum() for v in distinct], float)
        theirs = np.array([(candidate == v).sum() for v in distinct], float)
        unseen = len(candidate) - theirs.sum()
        if unseen:
            ours, theirs = np.append(ours, 0), np.append(theirs, unseen)
        return "psi_values_jeffreys", ours, theirs
    ordered = np.sort(reference)
    n = len(ordered)
    edges = np.unique([ordered[-(-k * n // 10) - 1] for k in range(1, 10)])
    def count(values):
        at_most = np.searchsorted(np.sort(values), edges, side="right")
        return np.diff(np.concatenate([[0], at_most, [len(values)]])).astype(float)
    return "psi_quantile10_jeffreys", count(reference), count(candidate)


def ks(reference, candidate):
    n, m = len(reference), len(candidate)
    keys = np.unique(np.concatenate([reference, candidate]))
    ours = np.searchsorted(np.sort(reference), keys, side="right").astype(object)
    theirs = np.searchsorted(np.sort(candidate), keys, side="right").astype(object)
    d = max(abs(int(a) * m - int(b) * n) for a, b in zip(ours, theirs))
    exact = Fraction(d, n * m)
    if max(n, m) <= 10_000:
        p = float(stats.ks_2samp(reference, candidate, method="exact").pvalue)
    else:
        p = float(stats.kstwo.sf(float(exact), np.round(n * m / (n + m))))
    return float(exact), p


def jensen_shannon(ours, theirs):
    """The distance to 50 digits: SciPy's own sum loses half of them when the sides are alike."""
    shares = [[Decimal(int(c)) / Decimal(int(side.sum())) for c in side] for side in (ours, theirs)]
    total = Decimal(0)
    for p, q in zip(*shares):
        middle = (p + q) / 2
        total += sum(share * (share / middle).ln() for share in (p, q) if share)
    return float(max(total / 2 / Decimal(2).ln(), Decimal(0)).sqrt())


def hellinger(ours, theirs):
    """To 50 digits as well."""
    shares = [[(Decimal(int(c)) / Decimal(int(side.sum()))).sqrt() for c in side] for side in (ours, theirs)]
    return float((sum((p - q) ** 2 for p, q in zip(*shares)) / 2).sqrt())


def of_bins(ours, theirs):
    seen = (ours + theirs) > 0
    ours, theirs = ours[seen], theirs[seen]
    p, q = ours / ours.sum(), theirs / theirs.sum()
    said = {
        "js_distance_log2": jensen_shannon(ours, theirs),
        "hellinger": hellinger(ours, theirs),
        "total_variation": float(0.5 * math.fsum(abs(p - q))),
        "l_infinity": float(np.max(abs(p - q))),
    }
    if len(ours) > 1:
        chi2 = stats.chi2_contingency(np.array([ours, theirs]), correction=False)
        said["chi_square"] = {"value": float(chi2.statistic), "p": float(chi2.pvalue)}
    return said


def side(column):
    values = column.drop_null()
    said = {"rows": len(column), "nulls": column.null_count, "nans": 0}
    if pa.types.is_floating(column.type):
        array = values.to_numpy(zero_copy_only=False).astype(float)
        said["nans"] = int(np.isnan(array).sum())
        array = array[~np.isnan(array)] + 0.0
        said["distinct"] = len(np.unique(array))
    else:
        said["distinct"] = len(values.unique())
    return said


def numbers(column):
    values = column.drop_null()
    if pa.types.is_decimal(column.type):
        scale = column.type.scale
        return np.array([int(v.as_py().scaleb(scale)) for v in values], dtype=np.int64)
    if pa.types.is_temporal(column.type):
        width = pa.int32() if pa.types.is_date32(column.type) else pa.int64()
        return values.cast(width).to_numpy(zero_copy_only=False).astype(np.int64)
    array = values.to_numpy(zero_copy_only=False)
    if array.dtype == bool:
        return array.astype(int)
    if array.dtype.kind == "f":
        array = array.astype(float)
        array = array[~np.isnan(array)] + 0.0
    return array


def oracle(reference, candidate):
    said = {}
    for name in reference.column_names:
        ours, theirs = (t[name].combine_chunks() for t in (reference, candidate))
        entry = {"reference": side(ours), "candidate": side(theirs)}
        if pa.types.is_dictionary(ours.type):
            ours, theirs = ours.dictionary_decode(), theirs.dictionary_decode()
        if pa.types.is_string(ours.type):
            a, b = ours.drop_null().to_pylist(), theirs.drop_null().to_pylist()
            names = sorted(set(a) | set(b))
            place = {n: i for i, n in enumerate(names)}
            counts = [np.bincount([place[v] for v in s], minlength=len(names)).astype(float) for s in (a, b)]
            metric, (r, c) = "psi_categories_jeffreys", counts
        else:
            a, b = numbers(ours), numbers(theirs)
            if len(a) == 0 or len(b) == 0:
                said[name] = entry
                continue
            metric, r, c = bins_of_numbers(a, b, pa.types.is_temporal(ours.type))
            if not pa.types.is_boolean(ours.type):
                d, p = ks(a, b)
                entry["ks"] = {"d": d, "p": p}
        if len(a) and len(b):
            entry["psi"] = {"metric": metric, "value": psi(r, c), "reference": r.tolist(), "candidate": c.tolist()}
            entry.update(of_bins(r, c))
            plain = pa.types.is_floating(ours.type) or pa.types.is_integer(ours.type)
            if plain and np.isfinite(np.concatenate([a, b]).astype(float)).all() and np.abs(np.concatenate([a, b]).astype(float)).max() < 2**52:
                entry["wasserstein"] = float(stats.wasserstein_distance(a, b))
                entry["mean"], entry["std"] = float(np.mean(a)), float(np.std(a))
        said[name] = entry
    return said


def table(g, n, moved):
    def holes(values, share, **how):
        return pa.array(values, mask=g.random(n) < share, **how)
    special = g.choice([np.nan, np.inf, -np.inf, -0.0, 0.0, 5e-324, -5e-324, 1e308], n)
    zero = g.exponential(10, n)
    zero[g.random(n) < 0.7 - 0.05 * moved] = 0.0
    nan = g.normal(0, 1, n)
    nan[g.random(n) < 0.1] = np.nan
    day = 1_700_000_000 + moved * 86_400 + g.integers(0, 10**6, n)
    words = np.array(["north", "south", "east", "west", "añil", ""])
    columns = {
        "normal": pa.array(g.normal(0.05 * moved, 1, n)),
        "normal_f32": holes(g.normal(0, 1 + 0.1 * moved, n).astype(np.float32), 0.05),
        "lognormal": holes(g.lognormal(0, 2, n), 0.1),
        "zero_inflated": pa.array(zero),
        "special": pa.array(special),
        "nan": pa.array(nan),
        "ties": pa.array(np.round(g.normal(0, 1, n), 1)),
        "constant": pa.array(np.full(n, 42.0)),
        "all_null": pa.array([None] * n, pa.float64()),
        "huge_int": pa.array(2**53 + g.integers(0, 50 + moved, n)),
        "u64": pa.array(g.integers(0, 1000, n).astype(np.uint64) + np.uint64(2**63)),
        "i8": holes(g.integers(-128, 127, n).astype(np.int8), 0.02),
        "low": pa.array(g.binomial(5, 0.4 + 0.02 * moved, n)),
        "disjoint": pa.array(g.random(n) + 10 * moved),
        "flag": holes(g.random(n) < 0.3 + 0.05 * moved, 0.01),
        "word": holes(words[g.integers(0, 6 - moved, n)], 0.05),
        "code": pa.array(words[g.integers(0, 6, n)]).dictionary_encode(),
        "price": pa.array([None if v < 3 else round(float(v) / 100, 2) for v in g.integers(0, 5000, n)]).cast(pa.decimal128(10, 2)),
        "date": pa.array((g.integers(0, 400, n) + 5 * moved).astype(np.int32), pa.date32()),
        "at": pa.array(day * 10**6, pa.timestamp("us", tz="UTC")),
    }
    return pa.table(columns)


def main(out):
    g = np.random.default_rng(20130601)
    for name, n, m in [("small", 400, 700), ("one_row", 1, 1), ("mid", 9_000, 3_000), ("large", 40_000, 55_000), ("empty", 300, 0)]:
        folder = os.path.join(out, name)
        os.makedirs(folder)
        reference, candidate = table(g, n, 0), table(g, m, 1)
        for part, data in [("reference", reference), ("candidate", candidate)]:
            pq.write_table(data, os.path.join(folder, part + ".parquet"), row_group_size=7_000)
        with open(os.path.join(folder, "oracle.json"), "w") as f:
            json.dump(oracle(reference, candidate), f)


main(sys.argv[1])
