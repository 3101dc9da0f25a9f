//! The percentile distribution of `HdrHistogram`, as text (`.hgrm`).
//!
//! Lines of value, percentile as a share, count up to there and 1/(1 − percentile); below them mean,
//! maximum and total count. <https://hdrhistogram.github.io/HdrHistogram/>
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::LatencyError;
use super::facts::{LatencyFacts, Quantile, TimeUnit};
use crate::evidence::limits::METRICS_BYTES_MAX;
use crate::quantity::Bytes;

/// Reads a percentile distribution whose values are in `unit`, which the text does not say.
///
/// # Errors
/// [`LatencyError`]: no text, no distribution in it, a line that is broken, values that fall, a list
/// that ends before all values, no value at all.
pub fn hdr(document: &[u8], unit: TimeUnit) -> Result<LatencyFacts, LatencyError> {
    let text = text_of(document)?;
    let mut lines = (1..).zip(text.lines());
    let spectrum = Spectrum::after_header(&mut lines, unit)?
        .ok_or(LatencyError::Absent { expected: "the line `Value Percentile TotalCount …`" })?;
    if let Some((line, _)) = lines.find(|(_, text)| is_header(text)) {
        return Err(LatencyError::SecondRun { line });
    }
    spectrum.into_facts().checked()
}

/// The text of a document of bounded size.
pub(super) fn text_of(document: &[u8]) -> Result<&str, LatencyError> {
    let found = Bytes(document.len() as u64);
    if found > METRICS_BYTES_MAX {
        return Err(LatencyError::TooLarge { found, limit: METRICS_BYTES_MAX });
    }
    std::str::from_utf8(document)
        .map_err(|error| LatencyError::NotText { offset: error.valid_up_to() })
}

/// A distribution and what stands below it.
pub(super) struct Spectrum {
    points: Vec<Quantile>,
    count: u64,
    mean_ms: Option<f64>,
    max_ms: Option<f64>,
}

impl Spectrum {
    /// Reads on to the header of a distribution and through to its footer; `None` without a header.
    pub(super) fn after_header<'t>(
        lines: &mut impl Iterator<Item = (usize, &'t str)>,
        unit: TimeUnit,
    ) -> Result<Option<Self>, LatencyError> {
        if !lines.any(|(_, text)| is_header(text)) {
            return Ok(None);
        }
        let mut spectrum = Self { points: Vec::new(), count: 0, mean_ms: None, max_ms: None };
        let mut total = None;
        for (line, text) in lines {
            let text = text.trim();
            let Some(footer) = text.strip_prefix("#[") else {
                if !text.is_empty() {
                    spectrum.row(line, text, unit)?;
                }
                continue;
            };
            for part in footer.trim_end_matches(']').split(',') {
                let Some((name, number)) = part.split_once('=') else { continue };
                let number = number.trim();
                match name.trim() {
                    "Mean" => spectrum.mean_ms = Some(time(line, number, unit)?),
                    "Max" => spectrum.max_ms = Some(time(line, number, unit)?),
                    "Total count" => total = Some(count(line, number)?),
                    _ => {}
                }
            }
            if footer.starts_with("Buckets") {
                break;
            }
        }
        spectrum.complete(total)?;
        Ok(Some(spectrum))
    }

    fn row(&mut self, line: usize, text: &str, unit: TimeUnit) -> Result<(), LatencyError> {
        let broken = || LatencyError::Line {
            line,
            expected: "a value, a percentile and a count",
            found: text.to_owned(),
        };
        let mut cells = text.split([' ', '\t', ',']).filter(|cell| !cell.is_empty());
        let (Some(value), Some(share), Some(below)) = (cells.next(), cells.next(), cells.next())
        else {
            return Err(broken());
        };
        let share: f64 = share.parse().map_err(|_| broken())?;
        if !(0.0..=1.0).contains(&share) {
            return Err(broken());
        }
        self.points.push(Quantile { share, ms: time(line, value, unit)? });
        self.count = count(line, below)?;
        Ok(())
    }

    /// Whether the rows reach the last value, and count what the footer counts.
    fn complete(&self, total: Option<u64>) -> Result<(), LatencyError> {
        match (self.points.last(), total) {
            (None, _) | (_, Some(0)) => Err(LatencyError::NoRequests),
            (Some(last), _) if last.share < 1.0 => Err(LatencyError::Cut { share: last.share }),
            (_, Some(summed)) if summed != self.count => {
                Err(LatencyError::Counts { listed: self.count, summed })
            }
            _ => Ok(()),
        }
    }

    pub(super) fn into_facts(self) -> LatencyFacts {
        let last = self.points.last().map(|point| point.ms);
        LatencyFacts {
            requests: Some(self.count),
            mean_ms: self.mean_ms,
            max_ms: self.max_ms.or(last),
            spectrum: self.points,
            ..LatencyFacts::default()
        }
    }
}

fn is_header(text: &str) -> bool {
    let mut words = text.split([' ', '\t', ',']).filter(|word| !word.is_empty());
    let mut next = || words.next().map(|word| word.trim_matches('"'));
    (next(), next(), next()) == (Some("Value"), Some("Percentile"), Some("TotalCount"))
}

fn time(line: usize, text: &str, unit: TimeUnit) -> Result<f64, LatencyError> {
    let number = text.parse::<f64>().ok().map(|number| unit.to_ms(number));
    number.filter(|ms| ms.is_finite() && *ms >= 0.0).ok_or_else(|| LatencyError::Line {
        line,
        expected: "a length of time",
        found: text.to_owned(),
    })
}

fn count(line: usize, text: &str) -> Result<u64, LatencyError> {
    text.parse().map_err(|_| LatencyError::Line {
        line,
        expected: "a count",
        found: text.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "       Value     Percentile TotalCount 1/(1-Percentile)

      17.823 0.000000000000          1           1.00
      19.583 0.500000000000        494           2.00
      22.175 0.900000000000        879          10.00
      36.223 0.990625000000        967         106.67
      54.239 1.000000000000        976
#[Mean    =       20.424, StdDeviation   =        3.502]
#[Max     =       54.208, Total count    =          976]
#[Buckets =           27, SubBuckets     =         2048]
";

    #[test]
    fn a_distribution_is_read_in_its_unit() {
        let facts = hdr(TEXT.as_bytes(), TimeUnit::Microseconds).unwrap();
        assert_eq!(facts.requests, Some(976));
        assert_eq!(facts.quantile_ms(0.9), Some(22.175 / 1e3));
        assert_eq!(facts.quantile_ms(0.95), Some(36.223 / 1e3), "the next point above");
        assert_eq!(facts.max_ms, Some(54.208 / 1e3));
        let seconds = hdr(TEXT.as_bytes(), TimeUnit::Seconds).unwrap();
        assert_eq!(seconds.quantile_ms(0.5), Some(19_583.0));
    }

    #[test]
    fn a_table_with_commas_is_read_too() {
        let table = "\"Value\",\"Percentile\",\"TotalCount\",\"1/(1-Percentile)\"\n\
                     1.0,0.0,1,1.00\n2.0,1.0,2,Infinity\n";
        let facts = hdr(table.as_bytes(), TimeUnit::Milliseconds).unwrap();
        assert_eq!((facts.quantile_ms(0.99), facts.requests), (Some(2.0), Some(2)));
    }

    #[test]
    fn a_text_that_was_cut_or_lies_is_refused() {
        let said =
            |text: &str| hdr(text.as_bytes(), TimeUnit::Milliseconds).unwrap_err().to_string();
        assert_eq!(
            said(""),
            "expected the line `Value Percentile TotalCount …`, which is not there"
        );
        let cut = &TEXT[..TEXT.find("      54.239").unwrap()];
        assert_eq!(
            said(cut),
            "the list of percentiles ends at 0.990625, not at 1: the text was cut"
        );
        assert_eq!(
            said(&TEXT.replace("          976]", "         9999]")),
            "the percentiles count 976 requests, the summary 9999"
        );
        assert_eq!(
            said(&TEXT.replace("22.175", "1.0")),
            "the latency falls from 19.583 ms to 1 ms between the quantiles 0.5 and 0.9"
        );
        assert_eq!(
            said(&TEXT.replace("22.175", "nan")),
            "line 5: expected a length of time, found `nan`"
        );
        assert_eq!(
            said(&TEXT.replace("22.175 0.9", "22.175 1.9")),
            "line 5: expected a value, a percentile and a count, found \
             `22.175 1.900000000000        879          10.00`"
        );
        assert_eq!(said(&TEXT.repeat(2)), "line 11: a second run begins; expected one alone");
        let head = &TEXT[..TEXT.find("      17.823").unwrap()];
        assert_eq!(said(head), "the run made no request");
        assert!(hdr(b"\xff", TimeUnit::Seconds).unwrap_err().to_string().contains("not UTF-8"));
    }
}
