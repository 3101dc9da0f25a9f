//! `https` against the TLS server of OpenSSL: who is believed, and who is not.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use driftgate::http::{Client, HttpError, HttpFault, Reply, Request, Settings, Url};

use crate::foreign;

/// A server with a certificate for one name; it ends with the value.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// Answers every request with a page of its own, under `NAME.pem`.
    fn start(folder: &Path, name: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new("openssl")
            .args(["s_server", "-www", "-quiet", "-accept", &format!("127.0.0.1:{port}")])
            .args(["-cert", &format!("{name}.pem"), "-key", &format!("{name}.key")])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("this test needs `openssl`: {error}"));
        let started = Self { child, port };
        let ends = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < ends, "`openssl s_server` does not listen");
            thread::sleep(Duration::from_millis(20));
        }
        started
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop((self.child.kill(), self.child.wait()));
    }
}

fn openssl(folder: &Path, words: &str) {
    foreign::run_ok(Command::new("openssl").args(words.split_whitespace()).current_dir(folder));
}

/// An authority `NAME-ca.pem`.
fn authority(folder: &Path, name: &str) {
    let words = format!(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN={name} \
         -addext basicConstraints=critical,CA:TRUE -keyout {name}-ca.key -out {name}-ca.pem"
    );
    openssl(folder, &words);
}

/// A certificate `NAME.pem` of an authority for what `names` says.
fn certificate(folder: &Path, authority: &str, name: &str, names: &str) {
    let words = format!(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN={name} \
         -CA {authority}-ca.pem -CAkey {authority}-ca.key -addext subjectAltName={names} \
         -addext basicConstraints=critical,CA:FALSE -keyout {name}.key -out {name}.pem"
    );
    openssl(folder, &words);
}

fn ask(folder: &Path, trusted: &str, port: u16) -> Result<Reply, HttpError> {
    let trusted = Some(std::fs::read(folder.join(trusted)).unwrap());
    let client = Client::new(&Settings { trusted, ..Settings::default() }).unwrap();
    let url: Url = format!("https://127.0.0.1:{port}/").parse().unwrap();
    client.send(&Request::get(&url))
}

#[test]
fn a_server_is_believed_by_its_certificate_alone() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    authority(folder, "good");
    authority(folder, "other");
    certificate(folder, "good", "right", "IP:127.0.0.1");
    certificate(folder, "good", "wrong", "DNS:elsewhere.example");
    let right = Server::start(folder, "right");
    let wrong = Server::start(folder, "wrong");
    let reply = ask(folder, "good-ca.pem", right.port).unwrap();
    assert_eq!(reply.status, 200);
    assert!(String::from_utf8_lossy(&reply.body).contains("TLSv1.3"));
    for (trusted, port) in [("other-ca.pem", right.port), ("good-ca.pem", wrong.port)] {
        let error = ask(folder, trusted, port).unwrap_err();
        assert!(matches!(error.fault, HttpFault::Unreachable { .. }), "{error}");
        assert!(error.to_string().contains("certificate"), "{error}");
    }
}
