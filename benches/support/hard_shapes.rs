//! Values that are meant to defeat buckets, row by row: of the reference and of the candidate.

/// Value of a row, and of the same row of the candidate.
pub(crate) type Shape = fn(usize) -> (f64, f64);

#[expect(clippy::cast_precision_loss, reason = "rows are few")]
pub(crate) const SHAPES: [(&str, Shape); 9] = [
    ("one_bucket", |row| {
        (1.0 + row as f64 * f64::EPSILON, 1.0 + (row + 900) as f64 * f64::EPSILON)
    }),
    ("extremes_in_turn", |row| {
        let ends = [f64::MIN, f64::MAX, f64::NEG_INFINITY, f64::INFINITY];
        (ends[row % 4], ends[(row + row / 9) % 4])
    }),
    ("denormal", |row| (f64::from_bits(row as u64 * 3), -f64::from_bits(row as u64 % 70_000))),
    ("sorted", |row| (row as f64, row as f64 + 1_000.5)),
    ("reverse", |row| (-(row as f64), 500.25 - row as f64)),
    // The same distance everywhere, and in no order.
    ("shifted", |row| {
        let place = row * 386_731 % 500_009;
        (place as f64, place as f64 + 1_000.5)
    }),
    ("sawtooth", |row| ((row % 70_001) as f64, (row % 69_001) as f64)),
    ("two_scales", |row| {
        let tiny = 1e-300 * row as f64;
        if row % 2 == 0 { (tiny, tiny * 1.01) } else { (1e300 + row as f64 * 1e285, 1e300) }
    }),
    // All between two values that a sample of some rows in thirty-two is bound to miss.
    ("between_samples", |row| {
        if row % 32 == 0 { (row as f64, row as f64) } else { (0.5 + 1e-9 * row as f64, 0.5) }
    }),
];
