"""Tests of the model's code. Their results are the evidence of the gate `unit-tests`."""

import numpy as np
import pyarrow as pa

import model


def flights(**columns) -> pa.Table:
    standard = {
        "dep_delay": [0],
        "arr_delay": [0],
        "distance": [1000],
        "hour": [12],
        "carrier": ["UA"],
        "origin": ["EWR"],
    }
    return pa.table(standard | columns)


def test_a_quarter_of_an_hour_is_not_late_yet():
    table = flights(arr_delay=[15, 16, -3], **rows_of(3))
    assert model.labels(table).tolist() == [False, True, False]


def test_flights_that_never_arrived_are_left_out():
    table = flights(arr_delay=pa.array([None, 4], pa.int32()), **rows_of(2))
    assert model.arrived(table).num_rows == 1


def test_an_unknown_carrier_is_none_of_the_known():
    known, unknown = model.features(flights()), model.features(flights(carrier=["ZZ"]))
    assert known.sum() - unknown.sum() == 1


def test_an_early_flight_has_no_square_root_of_its_delay():
    rows = model.features(flights(dep_delay=[-30]))
    assert rows[0, 0] == -0.5 and rows[0, 1] == 0


def test_what_is_stored_answers_as_what_was_trained(tmp_path):
    table = flights(
        dep_delay=[-5, 90, 0, 60], arr_delay=[-9, 80, 3, 70], **rows_of(4, "dep_delay")
    )
    parquet = tmp_path / "flights.parquet"
    model.pq.write_table(table, parquet)
    model.train(tmp_path / "model", [str(parquet)])
    scores = model.load(tmp_path / "model")(model.features(table))
    assert np.all((scores > 0.5) == model.labels(table))


def rows_of(count: int, *but: str) -> dict:
    rows = {"dep_delay": [0], "distance": [1000], "hour": [12], "carrier": ["UA"], "origin": ["EWR"]}
    return {name: value * count for name, value in rows.items() if name not in but}
