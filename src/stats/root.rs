//! The zero of a rising function of one positive number.

/// The zero of `f`, rising on `[0, ∞)`, found from a bracket around `guess`; 0 when `f(0) ≥ 0`.
///
/// Regula falsi after the Illinois rule (Dowell and Jarratt, BIT 11, 1971): the end that stays
/// twice in a row has its value halved. Relative accuracy 10⁻¹³; about ten calls of `f` where it
/// is nearly straight. `f` must reach a positive value below 10³⁰⁰ and may not give NaN.
pub(super) fn rising_root(guess: f64, f: impl Fn(f64) -> f64) -> f64 {
    let mut step = 1.0;
    let (mut low, mut f_low) = (guess, f(guess));
    let (mut high, mut f_high) = (low, f_low);
    while f_low > 0.0 {
        if low == 0.0 {
            return 0.0;
        }
        (high, f_high) = (low, f_low);
        low = (low - step).max(0.0);
        f_low = f(low);
        step *= 2.0;
    }
    while f_high < 0.0 {
        (low, f_low) = (high, f_high);
        high += step;
        f_high = f(high);
        step *= 2.0;
    }
    for _ in 0..ITERATIONS_MAX {
        if high - low <= TOLERANCE * high || f_low == 0.0 || f_high == 0.0 {
            break;
        }
        let between = (low * f_high - high * f_low) / (f_high - f_low);
        let at = if low < between && between < high { between } else { f64::midpoint(low, high) };
        let value = f(at);
        if value < 0.0 {
            (low, f_low) = (at, value);
            f_high /= 2.0;
        } else {
            (high, f_high) = (at, value);
            f_low /= 2.0;
        }
        if value == 0.0 {
            return at;
        }
    }
    if f_low == 0.0 { low } else { high }
}

const TOLERANCE: f64 = 1e-13;
const ITERATIONS_MAX: u32 = 200;
