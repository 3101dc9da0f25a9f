"""PSI and exact KS of every float64 column with DuckDB.

usage: python3 duckdb_sql.py REFERENCE.parquet CANDIDATE.parquet [psi|ks]

PSI with smallest, largest and count: one query a side for all columns. KS a column at a time, by
groups where there are few distinct values, by a window over the union otherwise: the better form
of each. `psi` leaves the KS out.
"""

import math
import os
import sys

import duckdb


def psi(counts):
    ours, theirs = counts
    n, m, bins = sum(ours), sum(theirs), len(ours)
    total = 0.0
    for a, b in zip(ours, theirs):
        p, q = (a + 0.5) / (n + 0.5 * bins), (b + 0.5) / (m + 0.5 * bins)
        total += (q - p) * math.log(q / p)
    return total


def main(reference, candidate, what="ks"):
    database = duckdb.connect()
    database.execute(f"set threads={os.cpu_count()}")
    database.execute("set enable_progress_bar=false")

    def rows(sql):
        return database.execute(sql).fetchall()

    described = rows(f"describe select * from '{reference}'")
    columns = [name for name, kind, *_ in described if kind == "DOUBLE"]
    facts = ",".join(f'min("{c}"),max("{c}"),count("{c}")' for c in columns)
    sizes = []
    for path in (reference, candidate):
        sizes.append(rows(f"select {facts} from '{path}'")[0][2::3])
    deciles = "[.1,.2,.3,.4,.5,.6,.7,.8,.9]"
    quantiles = ",".join(f'quantile_disc("{c}",{deciles})' for c in columns)
    edges = [sorted(set(found)) for found in rows(f"select {quantiles} from '{reference}'")[0]]
    histograms = []
    for path in (reference, candidate):
        parts = [f'histogram("{c}", {cuts!r}::double[])' for c, cuts in zip(columns, edges)]
        histograms.append(rows(f"select {','.join(parts)} from '{path}'")[0])
    for index, column in enumerate(columns):
        sides = []
        for side in range(2):
            within = [histograms[side][index].get(cut, 0) for cut in edges[index]]
            sides.append([*within, sizes[side][index] - sum(within)])
        line = f"{column} psi={psi(sides):.17g}"
        if what == "ks":
            line += f" d={ks(rows, reference, candidate, column, sizes[0][index], sizes[1][index]):.17g}"
        print(line)


def ks(rows, reference, candidate, column, n, m):
    distinct = rows(f"select approx_count_distinct(\"{column}\") from '{reference}'")[0][0]
    union = (
        f'both_sides as (select "{column}" v, 1 a, 0 b from \'{reference}\' where "{column}" is not null'
        f' union all select "{column}", 0, 1 from \'{candidate}\' where "{column}" is not null)'
    )
    gap = f"select max(abs(d)) from (select sum(a) over w / {n}.0 - sum(b) over w / {m}.0 d from"
    if distinct < 0.1 * n:
        groups = "groups as (select v, sum(a) a, sum(b) b from both_sides group by v)"
        window = "window w as (order by v rows unbounded preceding))"
        return rows(f"with {union}, {groups} {gap} groups {window}")[0][0]
    window = "window w as (order by v range unbounded preceding))"
    return rows(f"with {union} {gap} both_sides {window}")[0][0]


main(*sys.argv[1:])
