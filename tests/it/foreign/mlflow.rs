//! A real MLflow server, and its own client.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use driftgate::http::{Client, Request, Settings, Url};
use serde_json::Value;

use super::{interpreter, run_ok, script};

/// A server of MLflow on loopback, with its database in a folder; it ends with the value.
pub(crate) struct Server {
    /// The interpreter of an environment with MLflow.
    pub(crate) python: PathBuf,
    child: Child,
    /// Where it answers.
    pub(crate) address: String,
}

impl Server {
    /// Starts one, and waits until it answers.
    pub(crate) fn start(folder: &Path) -> Self {
        let python = interpreter("mlflow", &script("requirements-mlflow.txt"));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = File::create(folder.join("mlflow.log")).unwrap();
        let child = Command::new(&python)
            .args(["-m", "mlflow", "server", "--host", "127.0.0.1", "--workers", "1"])
            .args(["--port", &port.to_string()])
            .args(["--backend-store-uri", "sqlite:///mlflow.db"])
            .args(["--artifacts-destination", "artifacts"])
            .current_dir(folder)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut server = Self { python, child, address: format!("http://127.0.0.1:{port}") };
        server.wait(folder);
        server
    }

    /// Until it answers: its first start makes a database, which takes a while.
    fn wait(&mut self, folder: &Path) {
        let client = Client::new(&Settings::default()).unwrap();
        let url: Url = format!("{}/health", self.address).parse().unwrap();
        let ends = Instant::now() + Duration::from_secs(180);
        while client.send(&Request::get(&url)).is_err() {
            let log = || fs::read_to_string(folder.join("mlflow.log")).unwrap_or_default();
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "mlflow ended with {ended:?}:\n{}", log());
            assert!(Instant::now() < ends, "mlflow does not answer:\n{}", log());
            thread::sleep(Duration::from_millis(200));
        }
    }

    /// Asks MLflow's own client to do or tell something; see `tests/foreign/registered.py`.
    pub(crate) fn client(&self, words: &[&str]) -> String {
        let mut command = Command::new(&self.python);
        command.arg(script("registered.py")).arg(&self.address).args(words);
        run_ok(&mut command)
    }

    /// What the client sees of a model: the number of each alias, the tags of each version.
    pub(crate) fn model(&self, name: &str) -> Value {
        serde_json::from_str(&self.client(&["show", name])).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The server is a child of what was started.
        let group = format!("-{}", self.child.id());
        drop(Command::new("kill").args(["-9", "--", &group]).status());
        drop((self.child.kill(), self.child.wait()));
    }
}
