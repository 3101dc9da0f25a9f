//! The exact distribution function of Kolmogorov's Dₙ by powers of a matrix.

/// P(Dₙ < d) for n ≥ 1 and ½ < n·d, exact up to rounding.
///
/// With d = (k−h)/n, 0 ≤ h < 1, and the (2k−1)-square matrix H of Durbin:
/// P = n!/nⁿ · (Hⁿ)ₖₖ. Time O(k³·log n).
///
/// Source: Marsaglia, Tsang and Wang, *Evaluating Kolmogorov's Distribution*, J. Stat. Software
/// 8(18), 2003. Only row k of the power is kept; both it and H are rescaled by 2¹²⁸ as they grow.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "n·d is at most 60 where this is used"
)]
pub(super) fn matrix_cdf(n: u64, d: f64) -> f64 {
    let nd = n as f64 * d;
    let k = nd.ceil().max(1.0);
    let mut power = Matrix::durbin(k as usize, k - nd);
    let mut row = vec![0.0; power.side];
    let middle = k as usize - 1;
    row[middle] = 1.0;
    let (mut row_exponent, mut power_exponent) = (0_i32, 0_i32);
    let mut bits = n;
    while bits > 0 {
        if bits & 1 == 1 {
            row = power.row_times(&row);
            row_exponent += power_exponent;
        }
        bits >>= 1;
        if bits > 0 {
            power = power.squared();
            power_exponent *= 2;
            if power.entry(middle, middle) > SCALE {
                power.cells.iter_mut().for_each(|cell| *cell /= SCALE);
                power_exponent += SCALE_EXPONENT;
            }
        }
    }
    scaled_by_factorial(row[middle], row_exponent, n)
}

/// value·2^exponent·n!/nⁿ.
#[expect(clippy::cast_precision_loss, reason = "n is at most 10⁵ where this is used")]
fn scaled_by_factorial(value: f64, exponent: i32, n: u64) -> f64 {
    let (mut value, mut exponent) = (value, exponent);
    for i in 1..=n {
        value *= i as f64 / n as f64;
        if value < SCALE.recip() && exponent > 0 {
            value *= SCALE;
            exponent -= SCALE_EXPONENT;
        }
    }
    (value * 2.0_f64.powi(exponent)).clamp(0.0, 1.0)
}

/// A square matrix, row after row.
struct Matrix {
    side: usize,
    cells: Vec<f64>,
}

impl Matrix {
    /// H: 1/(i−j+1)! on and below the superdiagonal, with the first column and the last row
    /// lowered by powers of h (Marsaglia, Tsang and Wang, §2).
    fn durbin(k: usize, h: f64) -> Self {
        let side = 2 * k - 1;
        let mut reciprocal_factorial = vec![1.0; side + 1];
        let mut h_power = vec![1.0; side + 1];
        let mut i_float = 0.0;
        for i in 1..=side {
            i_float += 1.0;
            reciprocal_factorial[i] = reciprocal_factorial[i - 1] / i_float;
            h_power[i] = h_power[i - 1] * h;
        }
        let mut cells = vec![0.0; side * side];
        for i in 0..side {
            for j in 0..side.min(i + 2) {
                let mut numerator = 1.0;
                if j == 0 {
                    numerator -= h_power[i + 1];
                }
                if i == side - 1 {
                    numerator -= h_power[side - j];
                }
                if i == side - 1 && j == 0 {
                    // Both corrections overlap when h > ½.
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_possible_wrap,
                        reason = "a matrix of at most 119 columns"
                    )]
                    let overlap = (2.0 * h - 1.0).max(0.0).powi(side as i32);
                    numerator += overlap;
                }
                cells[i * side + j] = numerator * reciprocal_factorial[i + 1 - j];
            }
        }
        Self { side, cells }
    }

    fn entry(&self, row: usize, column: usize) -> f64 {
        self.cells[row * self.side + column]
    }

    fn row_times(&self, row: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; self.side];
        for (&factor, cells) in row.iter().zip(self.cells.chunks_exact(self.side)) {
            for (sum, cell) in product.iter_mut().zip(cells) {
                *sum += factor * cell;
            }
        }
        product
    }

    fn squared(&self) -> Self {
        let cells = self.cells.chunks_exact(self.side).flat_map(|row| self.row_times(row));
        Self { side: self.side, cells: cells.collect() }
    }
}

const SCALE_EXPONENT: i32 = 128;
/// 2¹²⁸.
const SCALE: f64 = 340_282_366_920_938_463_463_374_607_431_768_211_456.0;
