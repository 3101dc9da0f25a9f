//! An alias and the versions that it is about, looked at and written.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use super::server::{Mlflow, ModelVersion};
use super::tags::tags;
use crate::delivery::answer::Server;
use crate::delivery::decision::Decision;
use crate::delivery::deliver::{Change, Delivered};
use crate::delivery::difference::Difference;
use crate::delivery::error::DeliveryError;
use crate::delivery::outside::Outside;
use crate::delivery::texts::Texts;
use crate::registry::event::VersionName;

/// Where a registered model is, as the policy writes it.
#[derive(Debug, Clone, Copy)]
pub(in crate::delivery) struct Address<'a> {
    pub(in crate::delivery) url: &'a str,
    pub(in crate::delivery) model: &'a str,
    pub(in crate::delivery) alias: &'a str,
}

/// Tags the version, and one that was rolled back from, then moves the alias, so that whoever
/// follows the alias finds the tags; looks first, and writes what differs.
pub(in crate::delivery) fn deliver(
    address: Address<'_>,
    decision: &Decision,
    outside: &Outside,
) -> Result<Delivered, DeliveryError> {
    let place = Place::of(address, decision)?;
    let mlflow = place.mlflow(outside);
    let version = mlflow.version_of(&decision.version)?;
    let about: Vec<_> = decision.subjects().map(|subject| (subject, decision)).collect();
    let wrong = place.wrong(&mlflow, &version, decision, &about)?;
    wrong.iter().try_for_each(|wrong| wrong.write(&mlflow))?;
    let (base, model, alias) = (place.base.trim_end_matches('/'), &place.model, &place.alias);
    let shown = format!("{base}/#/models/{model}/versions/{} as @{alias}", version.number);
    let change = if wrong.is_empty() { Change::Found } else { Change::Made };
    Ok(Delivered::new(&shown, change))
}

/// What stands there otherwise than a decision says, and the last ones about the versions that it
/// names. Puts it right when `mend` says so.
pub(in crate::delivery) fn compare(
    address: Address<'_>,
    decision: &Decision,
    about: &[(&VersionName, &Decision)],
    mend: bool,
    outside: &Outside,
) -> Result<Vec<Difference>, DeliveryError> {
    let place = Place::of(address, decision)?;
    let mlflow = place.mlflow(outside);
    let version = mlflow.version_of(&decision.version)?;
    let wrong = place.wrong(&mlflow, &version, decision, about)?;
    if mend {
        wrong.iter().try_for_each(|wrong| wrong.write(&mlflow))?;
    }
    Ok(wrong.iter().map(|wrong| wrong.told(&place.model)).collect())
}

/// Where a registered model is.
struct Place {
    base: String,
    model: String,
    alias: String,
}

impl Place {
    fn of(address: Address<'_>, decision: &Decision) -> Result<Self, DeliveryError> {
        let texts = Texts(decision);
        Ok(Self {
            base: texts.fill_address(address.url)?,
            model: texts.fill(address.model)?,
            alias: texts.fill(address.alias)?,
        })
    }

    fn mlflow<'s>(&'s self, outside: &'s Outside) -> Mlflow<'s> {
        let credential = outside.tokens.mlflow.as_ref();
        let server = Server { client: &outside.http, base: &self.base, credential };
        Mlflow { server, model: &self.model }
    }

    /// Tags before the alias, in which order they are written too.
    fn wrong(
        &self,
        mlflow: &Mlflow<'_>,
        version: &ModelVersion,
        decision: &Decision,
        about: &[(&VersionName, &Decision)],
    ) -> Result<Vec<Wrong>, DeliveryError> {
        let mut wrong = Vec::new();
        for (subject, last) in about {
            if **subject == decision.version {
                wrong.extend(wrong_tags(version, tags(subject, last)));
                continue;
            }
            match mlflow.version_of(subject) {
                Ok(other) => wrong.extend(wrong_tags(&other, tags(subject, last))),
                // What runs no more need not be there any more.
                Err(DeliveryError::NoVersion { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let found = mlflow.aliased(&self.alias)?;
        if found.as_ref() != Some(&version.number) {
            let (alias, expected) = (self.alias.clone(), version.number.clone());
            wrong.push(Wrong::Alias { alias, expected, found });
        }
        Ok(wrong)
    }
}

/// Something that stands there otherwise.
enum Wrong {
    Tag { number: String, key: &'static str, expected: String, found: Option<String> },
    Alias { alias: String, expected: String, found: Option<String> },
}

impl Wrong {
    fn write(&self, mlflow: &Mlflow<'_>) -> Result<(), DeliveryError> {
        match self {
            Self::Tag { number, key, expected, .. } => mlflow.tag(number, key, expected),
            Self::Alias { alias, expected, .. } => mlflow.point(alias, expected),
        }
    }

    fn told(&self, model: &str) -> Difference {
        match self {
            Self::Tag { number, key, expected, found } => {
                let what = format!("the tag `{key}` of {model} version {number}");
                Difference::new(&what, expected, found.as_deref())
            }
            Self::Alias { alias, expected, found } => {
                let version = |number: &String| format!("version {number}");
                let found = found.as_ref().map(version);
                let what = format!("the alias `{alias}` of {model}");
                Difference::new(&what, &version(expected), found.as_deref())
            }
        }
    }
}

fn wrong_tags(version: &ModelVersion, tags: Vec<(&'static str, String)>) -> Vec<Wrong> {
    let wrong = tags.into_iter().filter_map(|(key, expected)| {
        let found = version.tags.get(key).cloned();
        let number = version.number.clone();
        (found.as_ref() != Some(&expected)).then_some(Wrong::Tag { number, key, expected, found })
    });
    wrong.collect()
}
