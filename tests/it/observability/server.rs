//! A real Prometheus on a port of loopback, with a target that is up and one that is down.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use driftgate::http::{Client, Request, Settings, Url};

/// The server; it ends with the value.
pub(super) struct Prometheus {
    child: Child,
    address: String,
}

impl Prometheus {
    /// Starts one in a folder and waits until it has scraped its targets and evaluated its rules.
    ///
    /// # Panics
    /// When there is no `prometheus`, or it is not ready in time.
    pub(super) fn start(folder: &Path, rules: &str) -> Self {
        let model = metrics();
        let nobody = free_port();
        let port = free_port();
        fs::create_dir_all(folder.join("rules")).unwrap();
        fs::write(folder.join("rules/model.yml"), rules).unwrap();
        let settings = format!(
            "global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}\n\
             rule_files: [rules/*.yml]\n\
             scrape_configs:\n\
             - {{job_name: fraud-model, static_configs: [{{targets: ['{model}']}}]}}\n\
             - {{job_name: gone, static_configs: [{{targets: ['127.0.0.1:{nobody}']}}]}}\n"
        );
        fs::write(folder.join("prometheus.yml"), settings).unwrap();
        let log = File::create(folder.join("prometheus.log")).unwrap();
        let child = Command::new("prometheus")
            .arg("--config.file=prometheus.yml")
            .arg("--storage.tsdb.path=data")
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("{MISSING}: {error}"));
        let mut started = Self { child, address: format!("http://127.0.0.1:{port}") };
        started.wait_until_it_has_looked(folder);
        started
    }

    /// The address of a page.
    pub(super) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    fn wait_until_it_has_looked(&mut self, folder: &Path) {
        let client = Client::new(&Settings::default()).unwrap();
        let ends = Instant::now() + Duration::from_secs(60);
        let ask = |path: &str| {
            let url: Url = format!("{}{path}", self.address).parse().unwrap();
            let reply = client.send(&Request::get(&url)).ok()?;
            String::from_utf8(reply.body).ok()
        };
        loop {
            let targets = ask("/api/v1/targets").unwrap_or_default();
            let rules = ask("/api/v1/rules").unwrap_or_default();
            let looked = targets.contains("\"health\":\"up\"")
                && targets.contains("\"health\":\"down\"")
                && !targets.contains("\"health\":\"unknown\"")
                && rules.contains("\"health\":\"ok\"")
                && !rules.contains("\"health\":\"unknown\"");
            if looked {
                return;
            }
            let log = || fs::read_to_string(folder.join("prometheus.log")).unwrap_or_default();
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "prometheus ended with {ended:?}:\n{}", log());
            assert!(Instant::now() < ends, "not ready: {targets} {rules}\n{}", log());
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        drop((self.child.kill(), self.child.wait()));
    }
}

/// That a file of rules is one to Prometheus itself.
///
/// # Panics
/// When there is no `promtool`.
pub(super) fn promtool_accepts(rules: &Path) -> bool {
    let ran = Command::new("promtool").args(["check", "rules"]).arg(rules).output();
    ran.unwrap_or_else(|error| panic!("{MISSING}: {error}")).status.success()
}

/// A model that shows one metric to whoever asks; its address.
fn metrics() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || {
                let mut stream = stream;
                let mut request = [0; 4096];
                // One read holds the whole request of a scrape.
                while stream.read(&mut request).is_ok_and(|read| read > 0) {
                    let body = "# TYPE model_errors_total counter\nmodel_errors_total 3\n";
                    let head = format!(
                        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; version=0.0.4\r\n\
                         content-length: {}\r\n\r\n",
                        body.len()
                    );
                    if stream.write_all((head + body).as_bytes()).is_err() {
                        break;
                    }
                }
            });
        }
    });
    address
}

/// A port that nobody listened on a moment ago.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

const MISSING: &str = "this test needs `prometheus` and `promtool`: \
                       install the package with `apt-get install prometheus`";
