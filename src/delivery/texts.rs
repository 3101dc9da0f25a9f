//! Texts of the policy in which names stand for what was decided.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::fmt::Write as _;

use super::decision::Decision;
use super::error::DeliveryError;
use crate::verdict::text;

/// Fills in texts. What is filled in is not looked at again.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'d>(
    /// What was decided.
    pub &'d Decision,
);

impl Texts<'_> {
    /// The text with every `{model}`, `{version}`, `{environment}`, `{event}` (`SEQ:DIGEST`) and
    /// `{snapshot}` replaced. Braces around anything but a word of small letters are themselves.
    ///
    /// # Errors
    /// [`DeliveryError::Placeholder`], [`DeliveryError::NoSnapshot`].
    pub fn fill(self, text: &str) -> Result<String, DeliveryError> {
        self.fill_with(text, str::to_owned)
    }

    /// The same for an address: what is filled in is escaped.
    ///
    /// # Errors
    /// As [`Self::fill`].
    pub fn fill_address(self, text: &str) -> Result<String, DeliveryError> {
        self.fill_with(text, escaped)
    }

    fn fill_with(
        self,
        text: &str,
        shape: impl Fn(&str) -> String,
    ) -> Result<String, DeliveryError> {
        let (mut filled, mut rest) = (String::new(), text);
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            if let Some((word, behind)) = after.split_once('}').filter(|(word, _)| is_name(word)) {
                filled.push_str(&shape(&self.value(word)?));
                rest = behind;
            } else {
                filled.push('{');
                rest = after;
            }
        }
        filled.push_str(rest);
        Ok(filled)
    }

    fn value(self, word: &str) -> Result<String, DeliveryError> {
        let decision = self.0;
        Ok(match word {
            "model" => decision.model.to_string(),
            "version" => decision.version.to_string(),
            "environment" => decision.environment.to_string(),
            "event" => decision.event.to_string(),
            "snapshot" => decision.snapshot.ok_or(DeliveryError::NoSnapshot)?.to_string(),
            other => {
                let found = format!("{{{}}}", text::name(other));
                return Err(DeliveryError::Placeholder { found });
            }
        })
    }
}

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

/// The text with everything but unreserved characters (RFC 3986, 2.3) as `%` and two digits.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::tests::decision;

    #[test]
    fn names_in_braces_stand_for_what_was_decided() {
        let decision = decision();
        let texts = Texts(&decision);
        let filled = texts.fill("{model}@{version} in {environment}: {event}").unwrap();
        let event = decision.event;
        assert_eq!(filled, format!("fraud@v12+b in prod: {event}"));
        let plain = r#"{"a": {}} {Model} { model } {1} {{model}"#;
        assert_eq!(texts.fill(plain).unwrap(), r#"{"a": {}} {Model} { model } {1} {fraud"#);
        assert_eq!(texts.fill_address("/m/{version}?a={b").unwrap(), "/m/v12%2Bb?a={b");
    }

    #[test]
    fn a_name_that_stands_for_nothing_is_told() {
        let mut decision = decision();
        let error = Texts(&decision).fill("x {modell}").unwrap_err();
        assert!(error.to_string().starts_with("`{modell}` stands for nothing; expected `{model}`"));
        decision.snapshot = None;
        let error = Texts(&decision).fill("{snapshot}").unwrap_err();
        assert!(error.to_string().starts_with("`{snapshot}` stands for the training data"));
    }
}
