//! From paths and a policy to a report: what `check` signs, and `verify --recompute` asks for again.

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use indicatif::HumanBytes;

use super::args::ReadArgs;
use super::artifact::Artifact;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::gather::{Gathered, gather};
use super::progress::Progress;
use super::side::Side;
use super::timings::{self, Timings};
use super::{input, output};
use crate::clock::Timestamp;
use crate::contract::Schema;
use crate::gate::{Facts, evaluate};
use crate::identity::{DigestAlgorithm, Sha256Digest};
use crate::measure::{Measurement, column_memory, measure};
use crate::policy::{CompiledPolicy, Policy, compile, parse};
use crate::profile::Sampling;
use crate::quantity::{Bytes, Rows};
use crate::report::{KeyOrigin, PolicySource, Purpose, Report, ReportInputs};
use crate::scan::Pool;
use crate::verdict::number::{counted, noun};
use crate::yaml::{BYTES_MAX, YamlError};

/// What is judged beside the policy, and what the report is to say of itself.
pub(in crate::cli) struct Question<'a> {
    /// Paths of the reference, or of a stored profile.
    pub(in crate::cli) reference: &'a [String],
    /// Paths of the candidate.
    pub(in crate::cli) candidate: &'a [String],
    /// Paths of the model.
    pub(in crate::cli) artifact: &'a [String],
    /// What the model is called.
    pub(in crate::cli) model: Option<&'a str>,
    /// The folder of evidence.
    pub(in crate::cli) evidence: &'a Path,
    /// The gates to ask; all when empty.
    pub(in crate::cli) selected: &'a [String],
    /// Rows shown of broken expectations.
    pub(in crate::cli) sampling: Sampling,
    /// The instant of the gates.
    pub(in crate::cli) at: Timestamp,
    /// What the report is for.
    pub(in crate::cli) purpose: Purpose,
    /// Where the signing key comes from.
    pub(in crate::cli) key: Option<KeyOrigin>,
    /// How to read.
    pub(in crate::cli) read: &'a ReadArgs,
    /// Whether to say how much memory a column takes.
    pub(in crate::cli) memory_said: bool,
    /// Whether somebody watches the progress.
    pub(in crate::cli) watched: bool,
}

/// A report that nobody has signed yet.
pub(in crate::cli) struct Judged {
    pub(in crate::cli) report: Report,
    /// The candidate's manifest, where there is one.
    pub(in crate::cli) manifest: Option<String>,
    /// The model's.
    pub(in crate::cli) artifact_manifest: Option<String>,
    /// Whether reference and candidate are one snapshot.
    pub(in crate::cli) same_snapshot: bool,
    /// What a stored reference could not show.
    pub(in crate::cli) samples_missing: Option<String>,
}

/// Opens both sides, measures and hashes them, asks the gates, and makes the report.
///
/// # Errors
/// [`Failure`] when a side cannot be read or the policy does not fit it.
pub(in crate::cli) fn judge(
    question: &Question<'_>,
    policy: &LoadedPolicy,
    timings: &mut Timings,
) -> Result<Judged, Failure> {
    let pool = input::pool(question.read)?;
    let policy = &policy.selecting(question.selected)?;
    let sides = Sides::open(question, policy, &pool)?;
    let nothing = Schema::default();
    let [ours, theirs] = sides.each().map(|side| side.map_or(&nothing, |side| side.schema()));
    let compiled = policy.compile(ours, theirs, question.sampling)?;
    let rows = sides.each().map(|side| side.map_or(0, |side| side.rows().0));
    let rows = rows[0].saturating_add(rows[1]);
    timings.end("open", |_| format!("{} {}", timings::count(rows), noun(rows, "row")));
    let checked = sides.check(&compiled, question, &pool)?;
    if let Some(checked) = &checked {
        checked.time(timings);
    }
    let artifact = match question.artifact {
        [] => None,
        paths => Some(Artifact::read(paths, question.model, &pool)?),
    };
    let Gathered { documents, predictions } =
        gather(&policy.policy, question.evidence, question.read, &pool)?;
    let gates = documents.len() as u64;
    timings.end("evidence", |_| format!("{} of the checklist", counted(gates, "gate")));
    let measurement = checked.as_ref().map(|checked| &checked.measurement);
    let facts =
        Facts { measurement, documents: &documents, predictions: &predictions, now: question.at };
    let evaluation = evaluate(facts, &policy.policy, &compiled);
    let [reference, candidate] = sides.each();
    let source = |side: Option<&Side>| side.map(Side::source).unwrap_or_default();
    let inputs = ReportInputs {
        measurement,
        artifact: artifact.as_ref().map(|artifact| artifact.document.clone()),
        documents: &documents,
        selected: question.selected,
        evaluation: &evaluation,
        reference: source(reference),
        candidate: source(candidate),
        policy: PolicySource { name: policy.policy.name.clone(), digest: policy.digest, uri: None },
        evaluated_at: question.at,
        expires_at: policy.expires_at(question.at),
        purpose: question.purpose.clone(),
        key: question.key,
        limits: input::limits(question.read).changed(),
    };
    let report =
        Report::of(&inputs).map_err(|error| Failure::new(ExitCode::Internal, error.to_string()))?;
    let columns = measurement.map_or(0, |measurement| measurement.columns.len());
    timings.end("decide", |_| counted(columns as u64, "column"));
    let missing = reference
        .zip(measurement)
        .and_then(|(side, measurement)| side.missing_samples(measurement, question.sampling));
    Ok(Judged {
        report,
        same_snapshot: measurement
            .is_some_and(|pair| pair.reference.snapshot_id == pair.candidate.snapshot_id),
        samples_missing: missing,
        manifest: checked.map(|checked| checked.manifest),
        artifact_manifest: artifact.map(|artifact| artifact.manifest.to_string()),
    })
}

/// The two snapshots, where a gate is about them.
struct Sides(Option<(Side, Side)>);

impl Sides {
    fn open(question: &Question<'_>, policy: &LoadedPolicy, pool: &Pool) -> Result<Self, Failure> {
        let given = !question.candidate.is_empty() && !question.reference.is_empty();
        match (policy.policy.is_about_snapshots(), given) {
            (true, true) => {
                let reference =
                    Side::open(question.reference, &policy.policy, question.read, pool)?;
                let candidate =
                    Side::open_data(question.candidate, &policy.policy, question.read, pool)?;
                Ok(Self(Some((reference, candidate))))
            }
            (true, false) => {
                Err(Failure::new(ExitCode::Usage, "gates of the policy are about snapshots")
                    .hint("give `--reference` and `--candidate`, or name other gates by `--gate`"))
            }
            (false, true) => {
                Err(Failure::new(ExitCode::Usage, "no gate that is asked is about snapshots")
                    .hint("leave `--reference` and `--candidate` out"))
            }
            (false, false) if question.artifact.is_empty() => {
                Err(Failure::new(ExitCode::Usage, "the report would be about nothing")
                    .hint("name the model's files by `--artifact`"))
            }
            (false, false) => Ok(Self(None)),
        }
    }

    /// Reference and candidate.
    fn each(&self) -> [Option<&Side>; 2] {
        self.0
            .as_ref()
            .map_or([None; 2], |(reference, candidate)| [Some(reference), Some(candidate)])
    }

    fn check(
        &self,
        compiled: &CompiledPolicy,
        question: &Question<'_>,
        pool: &Pool,
    ) -> Result<Option<Checked>, Failure> {
        let Some((reference, candidate)) = &self.0 else { return Ok(None) };
        Checked::of((reference, candidate), compiled, question, pool).map(Some)
    }
}

/// A policy with its bytes.
#[derive(Clone)]
pub(in crate::cli) struct LoadedPolicy {
    pub(in crate::cli) policy: Policy,
    file: String,
    bytes: Vec<u8>,
    digest: Sha256Digest,
}

impl LoadedPolicy {
    /// Reads a policy.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be read, or every fault it has.
    pub(in crate::cli) fn read(path: &Path) -> Result<Self, Failure> {
        let file = path.display().to_string();
        let bytes = input::read_small(path, BYTES_MAX as u64, ExitCode::Usage)?;
        let policy = parse(&file, &bytes)?;
        let digest = Sha256Digest::of(&bytes);
        Ok(Self { policy, file, bytes, digest })
    }

    /// Binds it to the columns of a reference and a candidate.
    ///
    /// # Errors
    /// [`Failure`] with every fault that shows against them.
    pub(in crate::cli) fn compile(
        &self,
        reference: &Schema,
        candidate: &Schema,
        sampling: Sampling,
    ) -> Result<CompiledPolicy, Failure> {
        compile(&self.policy, reference, candidate, sampling)
            .map_err(|faults| YamlError::new(&self.file, &self.bytes, faults).into())
    }

    /// The policy with some of its gates; all when no name is given.
    fn selecting(&self, names: &[String]) -> Result<Cow<'_, Self>, Failure> {
        if names.is_empty() {
            return Ok(Cow::Borrowed(self));
        }
        let policy = self.policy.selecting(names).map_err(|unknown| {
            let message = format!("no gate of `{}` is called `{unknown}`", self.file);
            let known: Vec<&str> = self.policy.gates.iter().map(|gate| &*gate.name).collect();
            Failure::new(ExitCode::Usage, message)
                .hint(format!("its gates are {}", known.join(", ")))
        })?;
        Ok(Cow::Owned(Self { policy, ..self.clone() }))
    }

    fn expires_at(&self, made: Timestamp) -> Option<Timestamp> {
        let seconds = i64::try_from(self.policy.valid_for_seconds?).ok()?;
        Timestamp::from_unix_seconds(made.unix_seconds().checked_add(seconds)?)
    }
}

/// What the data said, and the manifest of the candidate.
struct Checked {
    measurement: Measurement,
    manifest: String,
    algorithm: DigestAlgorithm,
    /// How long measuring and hashing took, and how many bytes each has read.
    measuring: Duration,
    hashing: Duration,
    hashed: u64,
    decoded: u64,
}

impl Checked {
    /// Measures and hashes from the same openings, then makes sure that no file changed
    /// meanwhile.
    fn of(
        (reference, candidate): (&Side, &Side),
        compiled: &CompiledPolicy,
        question: &Question<'_>,
        pool: &Pool,
    ) -> Result<Self, Failure> {
        let algorithm = question.read.digest.into();
        let files = [reference.files(), candidate.files()].concat();
        let whole = reference.bytes().0 + candidate.bytes().0;
        let progress = if question.watched {
            let columns = compiled.request.columns.iter().map(|column| column.name.as_str());
            let columns = columns.collect();
            let decoded = reference.bytes_of(&columns).0 + candidate.bytes_of(&columns).0;
            let twice = if algorithm == DigestAlgorithm::Blake3 { 0 } else { decoded };
            let rows = Rows(reference.rows().0 + candidate.rows().0);
            Progress::shown(Bytes(whole + twice), rows, files.clone())
        } else {
            Progress::hidden()
        };
        let (ours, theirs) = (reference.subject(), candidate.subject());
        if question.memory_said {
            let (needed, kept) = column_memory(&ours, &theirs, pool);
            let how = if kept { "kept" } else { "more than `--memory`: columns are read twice" };
            output::say(&format!(
                "memory      {} for the values of a column, {how}",
                HumanBytes(needed.0)
            ));
        }
        let read = || files.iter().map(|file| file.bytes_read().0).sum::<u64>();
        let measure = || timings::timed(|| measure(&ours, &theirs, &compiled.request, pool));
        let hash =
            || timings::timed(|| (reference.manifest(algorithm), candidate.manifest(algorithm)));
        let ((measured, measuring), (manifests, hashing), hashed) = match algorithm {
            // What measuring reads is hashed on the way, the rest afterwards.
            DigestAlgorithm::Blake3 => {
                for file in &files {
                    let _ = file.hash_as_read();
                }
                let measured = pool.run(measure);
                let before = read();
                (measured, pool.run(hash), read() - before)
            }
            DigestAlgorithm::Sha256 => {
                let (measured, manifests) = pool.both(measure, hash);
                (measured, manifests, whole)
            }
        };
        drop(progress);
        let (measured, reference_manifest, manifest) = (measured?, manifests.0?, manifests.1?);
        reference.verify_unchanged()?;
        candidate.verify_unchanged()?;
        let measurement =
            measured.of(ours.facts(reference_manifest.id()), theirs.facts(manifest.id()));
        let (manifest, decoded) = (manifest.to_string(), read().saturating_sub(hashed));
        Ok(Self { measurement, manifest, algorithm, measuring, hashing, hashed, decoded })
    }

    fn time(&self, timings: &mut Timings) {
        let rate = timings::rate;
        let measured = rate(self.decoded, self.measuring);
        let hashed = rate(self.hashed, self.hashing);
        let (measured, hashed) = match self.algorithm {
            DigestAlgorithm::Blake3 => {
                (format!("{measured}, hashed on the way"), format!("{hashed}, the rest"))
            }
            DigestAlgorithm::Sha256 => {
                (format!("{measured}, side by side"), format!("{hashed}, side by side"))
            }
        };
        timings
            .of_parts(&[("measure", self.measuring, measured), ("identity", self.hashing, hashed)]);
    }
}
