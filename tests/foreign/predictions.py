"""Writes sets of predictions, and what scikit-learn and fairlearn say of them.

usage: predictions.py FOLDER

Each set is FOLDER/NAME.parquet; FOLDER/predictions.json says by set how its columns are to be read
and what every statistic is. Numbers are those of scikit-learn and fairlearn where they have them,
else written out from the definition in plain NumPy.
"""

import json
import pathlib
import sys
import warnings

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from fairlearn import metrics as fair
from sklearn import metrics
from sklearn.calibration import calibration_curve

SEED = 20261125
BINS = 15
CUTOFF = 0.5


def logistic(x):
    return 1.0 / (1.0 + np.exp(-x))


def drawn(rng, n, share, strength):
    """Labels with about that share of positives, and scores that know something of them."""
    y = (rng.random(n) < share).astype(np.int64)
    return y, logistic(rng.normal(strength * (y - 0.5), 1.0))


def plain(rng):
    y, score = drawn(rng, 5_000, 0.3, 2.0)
    return {"y": y, "score": score}


def tied(rng):
    y, score = drawn(rng, 4_000, 0.08, 1.0)
    return {"y": y, "score": np.round(score, 1)}


def weighted(rng):
    y, score = drawn(rng, 3_000, 0.4, 1.5)
    weight = rng.exponential(1.0, len(y))
    weight[rng.random(len(y)) < 0.1] = 0.0
    return {"y": y, "score": np.round(score, 2), "weight": weight}


def whole_weights(rng):
    y, score = drawn(rng, 700, 0.5, 0.5)
    return {"y": y, "score": np.round(score, 1), "weight": rng.integers(1, 9, len(y))}


def narrow(rng):
    y, score = drawn(rng, 6_000, 0.5, 1.0)
    return {"y": y, "score": score.astype(np.float32)}


def certain(rng):
    y, score = drawn(rng, 1_000, 0.5, 3.0)
    score[rng.random(len(y)) < 0.2] = 0.0
    score[rng.random(len(y)) < 0.2] = 1.0
    return {"y": y, "score": score}


def tiny_scores(rng):
    y, score = drawn(rng, 2_000, 0.01, 2.0)
    return {"y": y, "score": score * 1e-300}


def few(rng):
    return {"y": np.array([0, 1, 1, 0, 1]), "score": np.array([0.1, 0.4, 0.35, 0.8, 0.9])}


def flawless(rng):
    y, _ = drawn(rng, 400, 0.3, 0.0)
    return {"y": y, "score": 0.2 + 0.6 * y + 0.1 * rng.random(len(y))}


def inverted(rng):
    y, _ = drawn(rng, 400, 0.3, 0.0)
    return {"y": y, "score": 0.8 - 0.6 * y}


def constant(rng):
    y, _ = drawn(rng, 300, 0.2, 0.0)
    return {"y": y, "score": np.full(len(y), 0.25)}


def words(rng):
    y, score = drawn(rng, 2_500, 0.25, 1.0)
    return {"y": y, "score": score, "label": np.where(y == 1, "default", "paid"),
            "positive": "default"}


def booleans(rng):
    y, score = drawn(rng, 1_500, 0.5, 1.0)
    return {"y": y, "score": score, "label": y == 1}


CLASSES = [plain, tied, weighted, whole_weights, narrow, certain, tiny_scores, few, flawless,
           inverted, constant, words, booleans]


def numbers(rng):
    y = rng.lognormal(3.0, 1.0, 5_000)
    return {"y": y, "prediction": y * rng.normal(1.0, 0.2, len(y)) + 1.0}


def offset(rng):
    y = 1e9 + rng.normal(0.0, 10.0, 4_000)
    return {"y": y, "prediction": y + rng.normal(0.1, 1.0, len(y))}


def weighted_numbers(rng):
    y = rng.normal(0.0, 5.0, 3_000)
    y[y == 0.0] = 1.0
    return {"y": y, "prediction": y + rng.normal(0.0, 6.0, len(y)),
            "weight": rng.exponential(1.0, len(y))}


REGRESSIONS = [numbers, offset, weighted_numbers]


def delong(y, score):
    """Variance of an area under the curve, from the definition: every pair looked at."""
    positive, negative = score[y == 1], score[y == 0]
    above = (positive[:, None] > negative[None, :]) + 0.5 * (positive[:, None] == negative[None, :])
    v, w = above.mean(axis=1), above.mean(axis=0)
    return v, w


def variance(v, w):
    parts = [np.var(x, ddof=1) / len(x) for x in (v, w) if len(x) > 1]
    return float(sum(parts))


def calibration(y, score, weight):
    """Guo et al. (2017); bins as `calibration_curve` makes them, edges k/15."""
    edges = np.array([k / BINS for k in range(1, BINS)])
    bins = np.searchsorted(edges, score)
    off = [abs(np.sum((weight * (score - y))[bins == k])) for k in range(BINS)]
    return float(np.sum(off) / np.sum(weight))


def calibration_of_sklearn(y, score):
    true, predicted = calibration_curve(y, score, n_bins=BINS)
    edges = np.linspace(0.0, 1.0, BINS + 1)
    counts = np.bincount(np.searchsorted(edges[1:-1], score), minlength=BINS)
    counts = counts[counts > 0]
    return float(np.sum(np.abs(true - predicted) * counts) / len(y))


def of_classes(columns):
    y, score = columns["y"], columns["score"].astype(np.float64)
    weight = columns.get("weight")
    decision = (score >= CUTOFF).astype(np.int64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = {
            "auc": metrics.roc_auc_score(y, score, sample_weight=weight),
            "average_precision": metrics.average_precision_score(y, score, sample_weight=weight),
            "log_loss": metrics.log_loss(y, score, sample_weight=weight),
            "brier": metrics.brier_score_loss(y, score, sample_weight=weight),
            "accuracy": metrics.accuracy_score(y, decision, sample_weight=weight),
            "balanced_accuracy":
                metrics.balanced_accuracy_score(y, decision, sample_weight=weight),
            "recall": metrics.recall_score(y, decision, sample_weight=weight),
        }
        if decision.any():
            found["precision"] = metrics.precision_score(y, decision, sample_weight=weight)
        found["f1"] = metrics.f1_score(y, decision, sample_weight=weight)
    whole = np.ones(len(y)) if weight is None else weight.astype(np.float64)
    found["ece"] = calibration(y, score, whole)
    if weight is None:
        found["ece_of_sklearn"] = calibration_of_sklearn(y, score)
        found["auc_variance"] = variance(*delong(y, score))
    return {name: float(value) for name, value in found.items()}


def of_numbers(columns):
    y, prediction = columns["y"], columns["prediction"]
    weight = columns.get("weight")
    named = {
        "rmse": metrics.root_mean_squared_error,
        "mae": metrics.mean_absolute_error,
        "r2": metrics.r2_score,
        "mape": metrics.mean_absolute_percentage_error,
    }
    return {name: float(of(y, prediction, sample_weight=weight)) for name, of in named.items()}


def groups(rng):
    """Two columns of groups, one of them rare, and decisions that lean."""
    n = 6_000
    sex = rng.choice(["female", "male"], n, p=[0.4, 0.6])
    region = rng.choice(["north", "south", "east", "overseas"], n, p=[0.5, 0.3, 0.17, 0.03])
    y, score = drawn(rng, n, 0.35, 1.5)
    score = np.clip(score + 0.05 * (sex == "male") - 0.04 * (region == "south"), 0.0, 1.0)
    return {"y": y, "score": score, "decision": (score >= 0.55).astype(np.int64), "sex": sex,
            "region": region}


def of_groups(columns, names):
    y, decision = columns["y"], columns["decision"]
    features = np.stack([columns[name] for name in names], axis=1)
    given = dict(y_true=y, y_pred=decision, sensitive_features=features)
    frame = fair.MetricFrame(
        metrics={"selected": fair.selection_rate, "recall": fair.true_positive_rate,
                 "precision": lambda t, p: metrics.precision_score(t, p)},
        y_true=y, y_pred=decision, sensitive_features=features)
    return {
        "parity_ratio": fair.demographic_parity_ratio(**given),
        "parity_difference": fair.demographic_parity_difference(**given),
        "equal_opportunity_ratio": fair.equal_opportunity_ratio(**given),
        "equal_opportunity_difference": fair.equal_opportunity_difference(**given),
        "equalized_odds_ratio": fair.equalized_odds_ratio(**given),
        "equalized_odds_difference": fair.equalized_odds_difference(**given),
        "predictive_parity_ratio": float(frame.ratio(method="between_groups")["precision"]),
        "predictive_parity_difference":
            float(frame.difference(method="between_groups")["precision"]),
    }


def pair(rng):
    """A champion and a challenger on the same rows."""
    y, score = drawn(rng, 1_200, 0.3, 1.5)
    other = np.clip(score + rng.normal(0.0, 0.15, len(y)), 0.0, 1.0)
    return y, np.round(score, 2), np.round(other, 2)


def of_pair(y, score, other):
    v, w = delong(y, score)
    x, z = delong(y, other)
    return {"difference": float(np.mean(v) - np.mean(x)), "variance": variance(v - x, w - z)}


def write(path, columns):
    kept = {name: pa.array(values) for name, values in columns.items() if name != "positive"}
    rows = len(columns["y"])
    pq.write_table(pa.table(kept), path, row_group_size=max(rows // 3, 1))


def main(folder):
    folder = pathlib.Path(folder)
    expected = {"classes": {}, "numbers": {}, "groups": {}}
    for seed, make in enumerate(CLASSES + REGRESSIONS):
        columns = make(np.random.default_rng([SEED, seed]))
        write(folder / f"{make.__name__}.parquet", columns)
        of = of_classes if make in CLASSES else of_numbers
        entry = {
            "label": "label" if "label" in columns else "y",
            "positive": columns.get("positive"),
            "weight": "weight" if "weight" in columns else None,
            "statistics": of(columns),
        }
        expected["classes" if make in CLASSES else "numbers"][make.__name__] = entry
    columns = groups(np.random.default_rng([SEED, 100]))
    write(folder / "groups.parquet", columns)
    for names in [["sex"], ["region"], ["sex", "region"]]:
        spreads = of_groups(columns, names)
        expected["groups"]["+".join(names)] = {k: float(v) for k, v in spreads.items()}
    y, score, other = pair(np.random.default_rng([SEED, 200]))
    write(folder / "candidate.parquet", {"y": y, "score": score})
    write(folder / "champion.parquet", {"y": y, "score": other})
    expected["pair"] = of_pair(y, score, other)
    latency = np.random.default_rng([SEED, 300]).lognormal(2.5, 0.6, 10_001)
    write(folder / "latency.parquet", {"y": latency, "latency": latency})
    expected["latency"] = {
        str(p): float(np.quantile(latency, p, method="inverted_cdf"))
        for p in (0.5, 0.9, 0.95, 0.99, 0.999)
    }
    (folder / "predictions.json").write_text(json.dumps(expected, allow_nan=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
