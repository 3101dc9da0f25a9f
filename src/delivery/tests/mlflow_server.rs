//! As much of an MLflow server as is asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::server::{Asked, Server};
use crate::policy::Action;

/// As much of MLflow as we ask: a model `fraud` with versions and aliases.
#[derive(Default)]
pub(super) struct Mlflow {
    pub(super) versions: BTreeMap<String, BTreeMap<String, String>>,
    pub(super) aliases: BTreeMap<String, String>,
    /// Whether it says yes and moves no alias.
    pub(super) deaf: bool,
}

impl Mlflow {
    pub(super) fn of(versions: &[(&str, Option<&str>)]) -> Self {
        let tags = |tag: Option<&str>| {
            tag.map(|tag| ("driftgate.version".to_owned(), tag.to_owned())).into_iter().collect()
        };
        let versions = versions.iter().map(|(number, tag)| ((*number).to_owned(), tags(*tag)));
        Self { versions: versions.collect(), ..Self::default() }
    }

    fn version(&self, number: &str) -> Value {
        let tags =
            self.versions[number].iter().map(|(key, value)| json!({"key": key, "value": value}));
        json!({"name": "fraud", "version": number, "status": "READY",
               "tags": tags.collect::<Vec<_>>()})
    }

    fn answer(&mut self, asked: &Asked) -> (u16, String) {
        let text = |name: &str| asked.body[name].as_str().unwrap_or_default().to_owned();
        let path = asked.path.strip_prefix("/mlf/api/2.0/mlflow/").unwrap();
        let answer = match (asked.method.as_str(), path) {
            ("GET", "model-versions/search") => {
                let filter = &asked.query["filter"];
                let start = "name = 'fraud' AND tags.`driftgate.version` = '";
                let wanted = filter.strip_prefix(start).unwrap().trim_end_matches('\'');
                let fits = |tags: &BTreeMap<String, String>| {
                    tags.get("driftgate.version").is_some_and(|tag| tag == wanted)
                };
                let found = self.versions.iter().filter(|(_, tags)| fits(tags));
                let found: Vec<Value> = found.map(|(number, _)| self.version(number)).collect();
                json!({"model_versions": found})
            }
            ("GET", "model-versions/get") => match self.versions.get(&asked.query["version"]) {
                Some(_) => json!({"model_version": self.version(&asked.query["version"])}),
                None => return (404, r#"{"error_code": "RESOURCE_DOES_NOT_EXIST"}"#.to_owned()),
            },
            ("GET", "registered-models/get") => {
                let aliases = self.aliases.iter();
                let aliases = aliases.map(|(alias, to)| json!({"alias": alias, "version": to}));
                json!({"registered_model": {"name": "fraud", "aliases": aliases.collect::<Vec<_>>()}})
            }
            ("POST", "model-versions/set-tag") => {
                let tags = self.versions.get_mut(&text("version")).unwrap();
                tags.insert(text("key"), text("value"));
                json!({})
            }
            ("POST", "registered-models/alias") => {
                if !self.deaf {
                    self.aliases.insert(text("alias"), text("version"));
                }
                json!({})
            }
            other => panic!("{other:?}"),
        };
        (200, answer.to_string())
    }

    pub(super) fn served(self) -> (Server, Arc<Mutex<Self>>) {
        let shared = Arc::new(Mutex::new(self));
        let state = Arc::clone(&shared);
        (Server::answering(move |asked| state.lock().unwrap().answer(asked)), shared)
    }
}

pub(super) fn mlflow(server: &Server) -> Action {
    let url = format!("{}/mlf/", server.address);
    Action::Mlflow { url, model: "{model}".to_owned(), alias: "{environment}".to_owned() }
}
