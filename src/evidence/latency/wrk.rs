//! What wrk and wrk2 print with `--latency`.
//!
//! wrk2 may print two distributions: the recorded latency, and one that leaves out the time by which
//! requests were late to start. Only the first is how long a caller waits; the second is passed over.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::LatencyError;
use super::facts::{LatencyFacts, Quantile, TimeUnit};
use super::hdr::{Spectrum, text_of};

/// Reads the output of one run of wrk or wrk2.
///
/// # Errors
/// [`LatencyError`]: no text, no `Latency Distribution` or `Requests/sec` in it, a line that is
/// broken, quantiles that fall, two runs, no request.
pub fn wrk(document: &[u8]) -> Result<LatencyFacts, LatencyError> {
    let text = text_of(document)?;
    let mut facts = LatencyFacts::default();
    let mut failures: Option<u64> = None;
    let mut block = Block::Before;
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.trim();
        if text.starts_with("Latency Distribution") {
            block = match block {
                _ if text.contains("Uncorrected") => Block::After,
                Block::Before => Block::Inside,
                _ => return Err(LatencyError::SecondRun { line }),
            };
            continue;
        }
        if block == Block::Inside {
            match quantile(line, text)? {
                Some(quantile) => facts.listed.push(quantile),
                None => block = Block::After,
            }
        }
        if let Some((count, _)) = text.split_once(" requests in ") {
            if facts.requests.is_some() {
                return Err(LatencyError::SecondRun { line });
            }
            facts.requests = Some(whole(line, count)?);
        } else if let Some(rate) = text.strip_prefix("Requests/sec:") {
            facts.throughput_per_second = Some(rate_of(line, rate)?);
        } else if let Some(count) = text.strip_prefix("Non-2xx or 3xx responses:") {
            failures = Some(failures.unwrap_or(0).saturating_add(whole(line, count)?));
        } else if let Some(kinds) = text.strip_prefix("Socket errors:") {
            for kind in kinds.split(',') {
                let count = kind.trim().rsplit(' ').next().unwrap_or_default();
                failures = Some(failures.unwrap_or(0).saturating_add(whole(line, count)?));
            }
        }
    }
    if facts.listed.is_empty() {
        return Err(LatencyError::Absent {
            expected: "a `Latency Distribution` (option --latency)",
        });
    }
    let Some(requests) = facts.requests else {
        return Err(LatencyError::Absent { expected: "a line `… requests in …`" });
    };
    if facts.throughput_per_second.is_none() {
        return Err(LatencyError::Absent { expected: "a line `Requests/sec: …`" });
    }
    facts.failed_share = Some(share(failures.unwrap_or(0), requests));
    with_spectrum(facts, text)?.checked()
}

/// Where a line stands to the distribution that counts.
#[derive(PartialEq)]
enum Block {
    Before,
    Inside,
    After,
}

/// A failure without a response is no request of the summary, so there may be more of them.
#[expect(clippy::cast_precision_loss, reason = "a share is a float by nature")]
fn share(failures: u64, requests: u64) -> f64 {
    if requests == 0 { 1.0 } else { (failures as f64 / requests as f64).min(1.0) }
}

/// Adds wrk2's spectrum of the recorded latency, which it prints in milliseconds.
fn with_spectrum(mut facts: LatencyFacts, text: &str) -> Result<LatencyFacts, LatencyError> {
    let mut recorded = (1..)
        .zip(text.lines())
        .take_while(|(_, text)| !text.contains("Uncorrected"))
        .take_while(|(_, text)| !text.contains(" requests in "));
    if let Some(spectrum) = Spectrum::after_header(&mut recorded, TimeUnit::Milliseconds)? {
        let spectrum = spectrum.into_facts();
        facts.mean_ms = spectrum.mean_ms;
        facts.max_ms = spectrum.max_ms;
        facts.spectrum = spectrum.spectrum;
    }
    Ok(facts)
}

/// A line such as `99.900%   12.22ms`; `None` for any other.
fn quantile(line: usize, text: &str) -> Result<Option<Quantile>, LatencyError> {
    let Some((percent, time)) = text.split_once('%') else { return Ok(None) };
    let broken = || LatencyError::Line {
        line,
        expected: "a percentage and a length of time such as `12.5ms`",
        found: text.to_owned(),
    };
    let percent: f64 = percent.trim().parse().map_err(|_| broken())?;
    let ms = time_of(time.trim()).ok_or_else(broken)?;
    if !(0.0..=100.0).contains(&percent) {
        return Err(broken());
    }
    Ok(Some(Quantile { share: percent / 100.0, ms }))
}

/// A length of time with one of wrk's units, in milliseconds.
fn time_of(text: &str) -> Option<f64> {
    let unit_at = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at_checked(unit_at)?;
    let number: f64 = number.parse().ok()?;
    let ms = match unit {
        "us" => TimeUnit::Microseconds.to_ms(number),
        "ms" => number,
        "s" => TimeUnit::Seconds.to_ms(number),
        "m" => TimeUnit::Seconds.to_ms(60.0 * number),
        "h" => TimeUnit::Seconds.to_ms(3_600.0 * number),
        _ => return None,
    };
    (ms.is_finite() && ms >= 0.0).then_some(ms)
}

fn whole(line: usize, text: &str) -> Result<u64, LatencyError> {
    let text = text.trim();
    text.parse().map_err(|_| LatencyError::Line {
        line,
        expected: "a count",
        found: text.to_owned(),
    })
}

fn rate_of(line: usize, text: &str) -> Result<f64, LatencyError> {
    let text = text.trim();
    let rate = text.parse::<f64>().ok().filter(|rate| rate.is_finite() && *rate >= 0.0);
    rate.ok_or_else(|| LatencyError::Line { line, expected: "a rate", found: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRK: &str = "Running 30s test @ http://127.0.0.1:8080/score
  12 threads and 400 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   635.91us    0.89ms  12.92ms   93.69%
    Req/Sec    56.20k     8.07k   62.00k    86.54%
  Latency Distribution
     50%  250.00us
     75%  491.00us
     90%  700.00us
     99%    5.80ms
  22464657 requests in 30.00s, 17.76GB read
  Socket errors: connect 0, read 1, write 0, timeout 2
  Non-2xx or 3xx responses: 5
Requests/sec: 748868.53
Transfer/sec:    606.33MB
";

    const WRK2: &str = "Running 30s test @ http://127.0.0.1:80/
  2 threads and 100 connections
  Thread calibration: mean lat.: 10.087ms, rate sampling interval: 22ms
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     6.60ms    1.92ms  12.50ms   68.46%
    Req/Sec     1.04k     1.08k    2.50k    72.79%
  Latency Distribution (HdrHistogram - Recorded Latency)
 50.000%    6.67ms
 90.000%    9.14ms
 99.000%   11.18ms
100.000%    0.02m

  Detailed Percentile spectrum:
       Value   Percentile   TotalCount 1/(1-Percentile)

       0.921     0.000000            1         1.00
       6.671     0.500000        19783         2.00
       9.775     0.950000        37540        20.00
    1200.127     1.000000        39500          inf
#[Mean    =        6.604, StdDeviation   =        1.919]
#[Max     =     1200.127, Total count    =        39500]
#[Buckets =           27, SubBuckets     =         2048]
----------------------------------------------------------

  Latency Distribution (HdrHistogram - Uncorrected Latency (measured without taking delayed starts into account))
 50.000%    1.00us
 99.000%    2.00us

  Detailed Percentile spectrum:
       Value   Percentile   TotalCount 1/(1-Percentile)

       0.001     0.000000            1         1.00
       0.002     1.000000        39500          inf
#[Mean    =        0.001, StdDeviation   =        0.000]
#[Max     =        0.002, Total count    =        39500]
#[Buckets =           27, SubBuckets     =         2048]
----------------------------------------------------------
  60018 requests in 30.00s, 19.81MB read
Requests/sec:   2000.28
Transfer/sec:    676.18KB
";

    #[test]
    fn the_output_of_wrk_is_read() {
        let facts = wrk(WRK.as_bytes()).unwrap();
        assert_eq!(facts.quantile_ms(0.5), Some(0.25));
        assert_eq!(facts.quantile_ms(0.99), Some(5.8));
        assert_eq!(facts.quantile_ms(0.95), None, "wrk does not say");
        assert_eq!(facts.listed_shares(), [0.5, 0.75, 0.9, 0.99]);
        assert_eq!(facts.throughput_per_second, Some(748_868.53));
        assert_eq!(facts.failed_share, Some(8.0 / 22_464_657.0));
    }

    #[test]
    fn the_recorded_latency_of_wrk2_counts_and_not_the_uncorrected_one() {
        let facts = wrk(WRK2.as_bytes()).unwrap();
        assert_eq!(facts.quantile_ms(0.5), Some(6.67));
        assert_eq!(facts.quantile_ms(0.95), Some(9.775), "from the spectrum");
        assert_eq!(facts.quantile_ms(1.0), Some(1200.0), "minutes are a unit");
        assert_eq!((facts.requests, facts.failed_share), (Some(60_018), Some(0.0)));
        assert_eq!((facts.mean_ms, facts.max_ms), (Some(6.604), Some(1200.127)));
    }

    #[test]
    fn an_output_without_latency_or_requests_is_refused() {
        let said = |text: &str| wrk(text.as_bytes()).unwrap_err().to_string();
        let without = WRK.replace("Latency Distribution", "");
        assert_eq!(
            said(&without),
            "expected a `Latency Distribution` (option --latency), which is not there"
        );
        assert_eq!(
            said(&WRK.replace("Requests/sec", "")),
            "expected a line `Requests/sec: …`, which is not there"
        );
        assert_eq!(said(&WRK.replace("22464657", "0")), "the run made no request");
        assert_eq!(
            said(&WRK.replace("5.80ms", "-nan")),
            "line 10: expected a percentage and a length of time such as `12.5ms`, found \
             `99%    -nan`"
        );
        assert_eq!(
            said(&WRK.replace("5.80ms", "0.10ms")),
            "the latency falls from 0.7 ms to 0.1 ms between the quantiles 0.9 and 0.99"
        );
        assert_eq!(said(&WRK.repeat(2)), "line 21: a second run begins; expected one alone");
    }
}
