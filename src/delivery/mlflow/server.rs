//! A registered model on a server, by MLflow's REST interface 2.0
//! (<https://mlflow.org/docs/latest/rest-api.html>).
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::tags::VERSION_TAG;
use crate::delivery::answer::Server;
use crate::delivery::error::DeliveryError;
use crate::http::Method;
use crate::registry::event::VersionName;

/// A registered model on a server.
pub(super) struct Mlflow<'s> {
    pub(super) server: Server<'s>,
    pub(super) model: &'s str,
}

/// One of its versions.
pub(super) struct ModelVersion {
    pub(super) number: String,
    pub(super) tags: BTreeMap<String, String>,
}

impl Mlflow<'_> {
    /// The version there that ours is: the one that is tagged [`VERSION_TAG`] with our name for it.
    /// Without such a tag a name that is a number, or `v` and a number, stands for the version of
    /// that number, unless that one is tagged as another.
    pub(super) fn version_of(&self, version: &VersionName) -> Result<ModelVersion, DeliveryError> {
        let wanted = version.to_string();
        let mut tagged = self.tagged(&wanted)?;
        let none = |reason: String| DeliveryError::NoVersion {
            model: self.model.to_owned(),
            version: wanted.clone(),
            reason,
        };
        if let Some(version) = tagged.pop() {
            if let Some(other) = tagged.pop() {
                let two = format!("{} and {}", other.number, version.number);
                return Err(none(format!("the tag `{VERSION_TAG}` names it on both {two}")));
            }
            return Ok(version);
        }
        let number = wanted.strip_prefix(['v', 'V']).unwrap_or(&wanted);
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(none(format!(
                "none is tagged `{VERSION_TAG}` = `{wanted}`, and the name is no number"
            )));
        }
        let query = [("name", self.model), ("version", number)];
        let found = match self.server.get(GET_VERSION, &query) {
            Err(DeliveryError::Http(error)) if error.status() == Some(404) => {
                return Err(none(format!(
                    "none is tagged `{VERSION_TAG}` = `{wanted}`, and there is no {number}"
                )));
            }
            other => other?,
        };
        let found = found.get("model_version").unwrap_or(&Value::Null);
        let version = self.read(found, GET_VERSION)?;
        match version.tags.get(VERSION_TAG) {
            Some(other) => Err(none(format!("{number} is tagged as `{other}`"))),
            None if version.number == number => Ok(version),
            None => Err(self.server.lacks(GET_VERSION, "the version that was asked for")),
        }
    }

    /// Versions tagged with our name; the server's word is not taken for the tag.
    fn tagged(&self, wanted: &str) -> Result<Vec<ModelVersion>, DeliveryError> {
        // Names of versions hold no quotes; those of models there could.
        if self.model.contains(['\'', '"', '`']) {
            return Err(DeliveryError::NoVersion {
                model: self.model.to_owned(),
                version: wanted.to_owned(),
                reason: "a model's name must hold no quotes".to_owned(),
            });
        }
        let filter = format!("name = '{}' AND tags.`{VERSION_TAG}` = '{wanted}'", self.model);
        let (mut found, mut page) = (Vec::new(), String::new());
        for _ in 0..PAGES_MAX {
            let mut query = vec![("filter", filter.as_str()), ("max_results", "100")];
            if !page.is_empty() {
                query.push(("page_token", &page));
            }
            let answer = self.server.get(SEARCH, &query)?;
            let versions = match answer.get("model_versions") {
                None => &[],
                Some(Value::Array(versions)) => versions.as_slice(),
                Some(_) => return Err(self.server.lacks(SEARCH, "a list of model versions")),
            };
            for version in versions {
                let version = self.read(version, SEARCH)?;
                if version.tags.get(VERSION_TAG).is_some_and(|tag| tag == wanted) {
                    found.push(version);
                }
            }
            let next = answer.get("next_page_token").and_then(Value::as_str);
            match next.filter(|next| !next.is_empty()) {
                Some(next) => next.clone_into(&mut page),
                None => return Ok(found),
            }
        }
        Err(self.server.lacks(SEARCH, &format!("at most {PAGES_MAX} pages of versions")))
    }

    /// A version of this model that is ready.
    fn read(&self, version: &Value, path: &str) -> Result<ModelVersion, DeliveryError> {
        let lacks = |expected: &str| self.server.lacks(path, expected);
        if version.get("name").and_then(Value::as_str) != Some(self.model) {
            return Err(lacks(&format!("a version of the model `{}`", self.model)));
        }
        let number = version.get("version").and_then(number);
        let number = number.ok_or_else(|| lacks("the number of a model version"))?;
        if let Some(status) = version.get("status").and_then(Value::as_str)
            && status != "READY"
        {
            return Err(lacks(&format!("a version that is `READY`, found {number} `{status}`")));
        }
        let none = Vec::new();
        let pairs = version.get("tags").and_then(Value::as_array).unwrap_or(&none).iter();
        let pair = |tag: &Value| {
            let text = |name| tag.get(name).and_then(Value::as_str).map(str::to_owned);
            Some((text("key")?, text("value").unwrap_or_default()))
        };
        let tags: Option<BTreeMap<String, String>> = pairs.map(pair).collect();
        Ok(ModelVersion { number, tags: tags.ok_or_else(|| lacks("tags with a key"))? })
    }

    /// The version that an alias points to; aliases of a model that is not there are an error.
    pub(super) fn aliased(&self, alias: &str) -> Result<Option<String>, DeliveryError> {
        let answer = self.server.get(GET_MODEL, &[("name", self.model)])?;
        let model = answer.get("registered_model");
        let model = model.ok_or_else(|| self.server.lacks(GET_MODEL, "a registered model"))?;
        let none = Vec::new();
        let mut aliases = model.get("aliases").and_then(Value::as_array).unwrap_or(&none).iter();
        let named = |one: &&Value| one.get("alias").and_then(Value::as_str) == Some(alias);
        Ok(aliases.find(named).and_then(|one| one.get("version")).and_then(number))
    }

    pub(super) fn tag(&self, version: &str, key: &str, value: &str) -> Result<(), DeliveryError> {
        let document = json!({"name": self.model, "version": version, "key": key, "value": value});
        self.server.send(Method::Post, SET_TAG, &document).map(drop)
    }

    /// Moves an alias, and looks whether it moved.
    pub(super) fn point(&self, alias: &str, version: &str) -> Result<(), DeliveryError> {
        let document = json!({"name": self.model, "alias": alias, "version": version});
        self.server.send(Method::Post, SET_ALIAS, &document)?;
        let found = self.aliased(alias)?;
        if found.as_deref() == Some(version) {
            return Ok(());
        }
        let found = found.unwrap_or_else(|| "nothing".to_owned());
        let expected = format!("the alias just set on {version}, found {found}");
        Err(self.server.lacks(GET_MODEL, &expected))
    }
}

/// The number of a version, which servers write as a text or as a number.
fn number(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => number.as_u64().map(|number| number.to_string()),
        _ => None,
    }
}

const GET_MODEL: &str = "/api/2.0/mlflow/registered-models/get";
const GET_VERSION: &str = "/api/2.0/mlflow/model-versions/get";
const SEARCH: &str = "/api/2.0/mlflow/model-versions/search";
const SET_ALIAS: &str = "/api/2.0/mlflow/registered-models/alias";
const SET_TAG: &str = "/api/2.0/mlflow/model-versions/set-tag";

/// Most pages of versions of one name, of which there should be one.
const PAGES_MAX: usize = 10;
