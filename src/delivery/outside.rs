//! What `cli` knows of the world and lends to an action.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::http::{Client, Credential};

/// The world that an action is done in.
#[derive(Debug)]
pub struct Outside {
    /// Asks servers.
    pub http: Client,
    /// In whose name.
    pub tokens: Tokens,
    /// Where programs run, and what paths of the policy start from.
    pub folder: PathBuf,
    /// Where programs are looked for: `PATH`.
    pub path: Option<OsString>,
    /// Whose settings programs find: `HOME`.
    pub home: Option<OsString>,
}

/// One credential for each kind of server; none where it is asked in nobody's name.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    /// For MLflow.
    pub mlflow: Option<Credential>,
    /// For GitHub.
    pub github: Option<Credential>,
    /// For GitLab.
    pub gitlab: Option<Credential>,
}

impl Tokens {
    /// From the tokens alone, each sent as its server wants it. An empty text is no token.
    #[must_use]
    pub fn of(mlflow: Option<String>, github: Option<String>, gitlab: Option<String>) -> Self {
        let given = |token: Option<String>| token.filter(|token| !token.is_empty());
        Self {
            mlflow: given(mlflow).map(Credential::Bearer),
            github: given(github).map(Credential::Bearer),
            gitlab: given(gitlab)
                .map(|value| Credential::Header { name: "PRIVATE-TOKEN".to_owned(), value }),
        }
    }
}
