//! The command line of environments: capturing one, comparing two.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::examples::{ENV_CAPTURE_EXAMPLES, ENV_DIFF_EXAMPLES};
use crate::evidence::tree::PathPattern;

/// Sub-commands of `driftgate env`.
#[derive(Debug, Subcommand)]
pub enum EnvCommand {
    /// Write down what a model runs on: system, processor, packages, lock files, limits
    #[command(after_long_help = ENV_CAPTURE_EXAMPLES)]
    Capture(EnvCaptureArgs),
    /// Tell how two captures, two configuration files or two folders of them differ
    #[command(after_long_help = ENV_DIFF_EXAMPLES)]
    Diff(EnvDiffArgs),
}

/// `driftgate env capture`
#[derive(Debug, Args)]
pub struct EnvCaptureArgs {
    /// Write the capture here [default: standard output]
    #[arg(long, short = 'o', value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// A Python interpreter, or the folder of a virtual environment; it is asked once
    #[arg(long, value_name = "PATH")]
    pub python: Option<PathBuf>,
    /// A lock file: Cargo.lock, poetry.lock, uv.lock, package-lock.json, requirements.txt
    #[arg(long = "lock", value_name = "FILE")]
    pub locks: Vec<PathBuf>,
    /// An environment variable to write down
    #[arg(long = "var", value_name = "NAME", value_parser = variable)]
    pub variables: Vec<String>,
    /// A secret environment variable: only its keyed hash is written down
    #[arg(long = "secret", value_name = "NAME", value_parser = variable, requires = "secret_key")]
    pub secrets: Vec<String>,
    /// The key of those hashes: a file of at least 16 bytes, the same for all captures to compare
    #[arg(long, value_name = "FILE", requires = "secrets")]
    pub secret_key: Option<PathBuf>,
    /// Digest of the container image: `sha256:…` or `NAME@sha256:…`
    #[arg(long, value_name = "DIGEST", value_parser = image_digest)]
    pub image: Option<String>,
    /// The environment variable that holds this digest
    #[arg(long, value_name = "NAME", value_parser = variable, conflicts_with = "image")]
    pub image_var: Option<String>,
}

/// `driftgate env diff`
#[derive(Debug, Args)]
pub struct EnvDiffArgs {
    /// A capture, a configuration file, or a folder of configuration files
    #[arg(value_name = "REFERENCE")]
    pub reference: PathBuf,
    /// The other one of the same kind
    #[arg(value_name = "CANDIDATE")]
    pub candidate: PathBuf,
    /// A path whose differences do not count: `cpu.model`, `server.*.port`, `FILE:server.port`
    #[arg(long, value_name = "PATH")]
    pub ignore: Vec<PathPattern>,
    /// A path whose values are not shown, beside those that look like a secret
    #[arg(long, value_name = "PATH")]
    pub hide: Vec<PathPattern>,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: EnvFormat,
}

/// What `env diff` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EnvFormat {
    /// A line for each difference
    Text,
    /// For programs
    Json,
}

/// Reads the name of an environment variable.
fn variable(text: &str) -> Result<String, String> {
    let fits = (1..=256).contains(&text.len())
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    fits.then(|| text.to_owned()).ok_or_else(|| "expected letters, digits and `_`".to_owned())
}

/// Reads the digest of an image, with or without the image's name before it.
pub(in crate::cli) fn image_digest(text: &str) -> Result<String, String> {
    let digest = text.trim().rsplit('@').next().unwrap_or_default();
    let hex = digest.strip_prefix("sha256:").unwrap_or_default();
    let fits = hex.len() == 64 && hex.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
    let expected = "expected `sha256:` and 64 hexadecimal digits in lower case";
    fits.then(|| digest.to_owned()).ok_or_else(|| expected.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_named_by_its_digest_alone() {
        let digest = format!("sha256:{}", "0a".repeat(32));
        assert_eq!(image_digest(&format!("registry/app@{digest}")), Ok(digest.clone()));
        assert_eq!(image_digest(&digest), Ok(digest.clone()));
        for wrong in ["app:latest", "sha256:", &digest[..70], &digest.to_uppercase()] {
            assert!(image_digest(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_variable_has_the_name_of_one() {
        assert!(variable("AWS_REGION").is_ok() && variable("_x1").is_ok());
        for wrong in ["", "1A", "A-B", "A=B", "Ä"] {
            assert!(variable(wrong).is_err(), "{wrong}");
        }
    }
}
