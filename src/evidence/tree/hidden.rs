//! Values that no report may show, whatever the rules say.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::leaf::Leaf;
use super::path::{Path, Step};

/// Whether a value looks like a secret: by the name of a step that leads to it, or because it holds
/// a password in an address or a private key.
pub(super) fn looks_secret(path: &Path, leaf: &Leaf) -> bool {
    let named = path.0.iter().any(|step| match step {
        Step::Item(_) => false,
        Step::Key(key) => is_named_secret(key),
    });
    named || matches!(leaf, Leaf::Text(text) if holds_secret(text))
}

/// Whether a name and a text look like a secret, for the same reasons.
#[must_use]
pub fn text_looks_secret(name: &str, text: &str) -> bool {
    is_named_secret(name) || holds_secret(text)
}

fn is_named_secret(name: &str) -> bool {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let name = name.to_ascii_lowercase();
    SECRET_WORDS.iter().any(|word| name.contains(word))
}

fn holds_secret(text: &str) -> bool {
    text.contains("PRIVATE KEY-----") || has_password(text)
}

/// Whether a text holds an address with a password: `scheme://user:password@host`.
fn has_password(text: &str) -> bool {
    text.split("://").skip(1).any(|rest| {
        let authority = rest.split(['/', '?', '#', ' ', '"', '\'']).next().unwrap_or_default();
        authority.rsplit_once('@').is_some()
    })
}

/// Parts of names, without case and without what stands between words.
const SECRET_WORDS: [&str; 12] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "credential",
    "privatekey",
    "apikey",
    "accesskey",
    "authorization",
    "connectionstring",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_their_name_or_their_look() {
        let text = |text: &str| Leaf::Text(text.to_owned());
        for key in ["DB_PASSWORD", "apiKey", "aws-secret-access-key", "GITHUB_TOKEN", "db.pwd"] {
            assert!(looks_secret(&Path::of_keys(["env", key]), &text("x")), "{key}");
        }
        let url = Path::of_keys(["url"]);
        assert!(looks_secret(&url, &text("postgres://app:s3cret@db/x")));
        assert!(looks_secret(&url, &text("redis://:s3cret@cache")));
        assert!(looks_secret(&url, &text("-----BEGIN PRIVATE KEY-----\nMC4")));
        for plain in ["https://host/a@b", "info@example.org", "postgres://db:5432/x"] {
            assert!(!looks_secret(&url, &text(plain)), "{plain}");
        }
    }
}
