//! Against servers on loopback that answer what a test wants, well or badly.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::*;

/// A server that answers one connection after the other; what it was asked can be read later.
struct Server {
    address: String,
    asked: Receiver<String>,
}

impl Server {
    fn answering(answers: Vec<Vec<u8>>) -> Self {
        Self::serving(move |number, stream| {
            if let Some(answer) = answers.get(number) {
                // A client that has seen enough hangs up.
                drop(stream.write_all(answer));
            }
        })
    }

    fn serving(answer: impl Fn(usize, &mut TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (tell, asked) = mpsc::channel();
        thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let mut stream = stream.unwrap();
                let _ = tell.send(request_of(&stream));
                answer(number, &mut stream);
            }
        });
        Self { address, asked }
    }

    fn url(&self, path: &str) -> Url {
        format!("{}{path}", self.address).parse().unwrap()
    }

    fn asked(&self) -> String {
        self.asked.recv_timeout(Duration::from_secs(10)).unwrap()
    }
}

/// The head of a request and as much of a body as it announces.
fn request_of(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut text, mut length) = (String::new(), 0);
    loop {
        let start = text.len();
        if reader.read_line(&mut text).unwrap_or(0) == 0 || &text[start..] == "\r\n" {
            break;
        }
        if let Some(value) = text[start..].to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    text + &String::from_utf8(body).unwrap()
}

fn ok(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn redirect(status: u16, to: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} X\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n").into_bytes()
}

fn client() -> Client {
    client_waiting(5_000)
}

fn client_waiting(milliseconds: u64) -> Client {
    let time = Duration::from_millis(milliseconds);
    let timeouts = Timeouts { connect: time, read: time, overall: time * 2 };
    Client::new(&Settings { timeouts, ..Settings::default() }).unwrap()
}

#[test]
fn a_document_is_asked_for_in_somebodys_name() {
    let server = Server::answering(vec![ok("[1]")]);
    let url = server.url("/api?x=1");
    let credential = Credential::Bearer("t0ken".to_owned());
    let reply = client().send(&Request::get(&url).by(Some(&credential))).unwrap();
    assert_eq!(reply, Reply { status: 200, body: b"[1]".to_vec() });
    let asked = server.asked().to_lowercase();
    assert!(asked.starts_with("get /api?x=1 http/1.1\r\n"), "{asked}");
    assert!(asked.contains("authorization: bearer t0ken\r\n"), "{asked}");
    assert!(asked.contains("user-agent: driftgate/"), "{asked}");
    assert!(!asked.contains("accept-encoding"), "nothing is unpacked: {asked}");
}

#[test]
fn a_document_is_sent_by_every_method_that_sends_one() {
    for method in [Method::Post, Method::Patch, Method::Put] {
        let server = Server::answering(vec![ok("")]);
        let (url, document) = (server.url("/x"), json!({"a": [1, "ü"]}));
        let header = Credential::Header { name: "PRIVATE-TOKEN".into(), value: "s".into() };
        let request = Request::send(method, &url, &document).by(Some(&header));
        client().send(&request).unwrap();
        let asked = server.asked();
        assert!(asked.starts_with(&format!("{method} /x HTTP/1.1\r\n")), "{asked}");
        assert!(asked.ends_with("\r\n\r\n{\"a\":[1,\"ü\"]}"), "{asked}");
        assert!(asked.to_lowercase().contains("private-token: s\r\n"), "{asked}");
        assert!(asked.to_lowercase().contains("content-type: application/json\r\n"), "{asked}");
    }
}

#[test]
fn a_refusal_is_told_with_method_address_status_and_a_short_excerpt() {
    let long = "no such\r\n\tmodel\u{1b}[2J ".to_owned() + &"x".repeat(10_000);
    let answer = format!("HTTP/1.1 404 Not Found\r\ncontent-length: {}\r\n\r\n{long}", long.len());
    let server = Server::answering(vec![answer.into_bytes()]);
    let url = server.url("/api/2.0?token=s3cret");
    let credential = Credential::Bearer("t0ken".to_owned());
    let error = client().send(&Request::get(&url).by(Some(&credential))).unwrap_err();
    let said = error.to_string();
    let start = format!("`GET {}/api/2.0?…` answered 404: no such model[2J xxx", server.address);
    assert!(said.starts_with(&start), "{said}");
    assert!(said.chars().count() < 350 && said.ends_with('…'), "{said}");
    assert!(!format!("{said}{error:?}{credential:?}").contains("s3cret"));
    assert!(!format!("{said}{error:?}{credential:?}").contains("t0ken"));
    assert_eq!(error.status(), Some(404));
}

#[test]
fn more_than_the_limit_is_not_taken() {
    let chunk = vec![b'x'; 1 << 20];
    let endless = move |_: usize, stream: &mut TcpStream| {
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"));
        while stream.write_all(&chunk).is_ok() {}
    };
    let server = Server::serving(endless);
    let url = server.url("/");
    let error = client().send(&Request::get(&url)).unwrap_err();
    assert_eq!(error.fault, HttpFault::TooLarge { limit: BODY_BYTES_MAX });
    let announced = "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999\r\n\r\nabc";
    let server = Server::answering(vec![announced.into()]);
    let error = client_waiting(300).send(&Request::get(&server.url("/"))).unwrap_err();
    assert!(matches!(error.fault, HttpFault::Unreachable { .. } | HttpFault::Late { .. }));
}

#[test]
fn a_server_that_is_silent_or_drips_is_not_waited_for() {
    let silent = Server::serving(|_, _| thread::sleep(Duration::from_secs(20)));
    let dripping = Server::serving(|_, stream| {
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"));
        while stream.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(50));
        }
    });
    for server in [silent, dripping] {
        let started = Instant::now();
        let error = client_waiting(300).send(&Request::get(&server.url("/"))).unwrap_err();
        assert!(matches!(error.fault, HttpFault::Late { .. }), "{error}");
        assert!(started.elapsed() < Duration::from_secs(5));
    }
}

#[test]
fn nobody_at_the_address_is_an_error_that_names_it() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url: Url = format!("http://{address}/api").parse().unwrap();
    let error = client().send(&Request::get(&url)).unwrap_err();
    assert!(
        error.to_string().starts_with(&format!("`GET http://{address}/api` could not be asked"))
    );
}

#[test]
fn what_is_no_http_is_an_error() {
    for answer in [
        &b"SSH-2.0-OpenSSH_9.2\r\n\r\n"[..],
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\nabc",
        b"HTTP/1.1 999999 X\r\n\r\n",
    ] {
        let server = Server::answering(vec![answer.to_vec()]);
        let error = client().send(&Request::get(&server.url("/"))).unwrap_err();
        assert!(matches!(error.fault, HttpFault::Unreachable { .. }), "{error}");
    }
    let head = [b"HTTP/1.1 200 OK\r\nx: ".to_vec(), vec![b'y'; 1 << 20]].concat();
    let server = Server::answering(vec![head]);
    client().send(&Request::get(&server.url("/"))).unwrap_err();
}

#[test]
fn a_token_is_not_sent_in_clear_to_another_machine() {
    let url: Url = "http://192.0.2.1/".parse().unwrap();
    let credential = Credential::Bearer("t0ken".to_owned());
    let error = client().send(&Request::get(&url).by(Some(&credential))).unwrap_err();
    assert!(matches!(error.fault, HttpFault::Request { .. }), "{error}");
    assert!(error.to_string().contains("by `https:` only"), "{error}");
}

#[test]
fn redirects_stay_within_the_origin_that_the_credential_is_for() {
    let credential = Credential::Bearer("t0ken".to_owned());
    let server = Server::answering(vec![redirect(302, "/new?y=2"), ok("there")]);
    let reply = client().send(&Request::get(&server.url("/old")).by(Some(&credential))).unwrap();
    assert_eq!(reply.body, b"there");
    assert!(server.asked().starts_with("GET /old "));
    let second = server.asked().to_lowercase();
    assert!(second.starts_with("get /new?y=2 ") && second.contains("bearer t0ken"), "{second}");

    let other = Server::answering(vec![ok("other")]);
    let target = other.url("/x").as_str().to_owned();
    let server = Server::answering(vec![redirect(307, &target), redirect(307, &target)]);
    let error = client().send(&Request::get(&server.url("/")).by(Some(&credential))).unwrap_err();
    assert!(error.to_string().contains("another server"), "{error}");
    assert!(other.asked.try_recv().is_err(), "the other server was asked");
    let reply = client().send(&Request::get(&server.url("/"))).unwrap();
    assert_eq!(reply.body, b"other");
    assert!(!other.asked().to_lowercase().contains("authorization"));
}

#[test]
fn what_is_sent_is_not_sent_on_and_no_circle_is_walked() {
    let server = Server::answering(vec![redirect(308, "/b")]);
    let (url, document) = (server.url("/a"), json!({}));
    let error = client().send(&Request::send(Method::Post, &url, &document)).unwrap_err();
    assert!(error.to_string().contains("only a `GET` follows one"), "{error}");
    let server = Server::answering(vec![redirect(302, "/"); 10]);
    let error = client().send(&Request::get(&server.url("/"))).unwrap_err();
    let expected = HttpFault::Redirect { status: 302, reason: "one too many" };
    assert_eq!(error.fault, expected);
    for place in ["ftp://127.0.0.1/x", "//evil.example/", "http://a:b@127.0.0.1/"] {
        let server = Server::answering(vec![redirect(301, place)]);
        let error = client().send(&Request::get(&server.url("/"))).unwrap_err();
        assert!(matches!(error.fault, HttpFault::Redirect { status: 301, .. }), "{error}");
    }
}

#[test]
fn a_credential_with_a_line_break_is_not_sent() {
    let server = Server::answering(vec![ok("")]);
    for credential in [
        Credential::Bearer("a\r\nx-other: b".to_owned()),
        Credential::Header { name: "a b".into(), value: "c".into() },
    ] {
        let url = server.url("/");
        let error = client().send(&Request::get(&url).by(Some(&credential))).unwrap_err();
        assert!(matches!(error.fault, HttpFault::Request { .. }), "{error}");
    }
    assert!(server.asked.try_recv().is_err());
}

#[test]
fn without_trusted_certificates_https_is_refused_and_with_wrong_ones_nobody_is_believed() {
    let url: Url = "https://127.0.0.1:9/".parse().unwrap();
    let error = client().send(&Request::get(&url)).unwrap_err();
    assert_eq!(error.fault, HttpFault::NobodyTrusted);
    let settings = Settings { trusted: Some(b"no certificate".to_vec()), ..Settings::default() };
    assert_eq!(Client::new(&settings).unwrap_err(), SettingsError::Certificates);
}

#[test]
fn a_proxy_is_asked_where_one_is_named_but_not_for_its_exceptions() {
    let proxy = Server::answering(vec![ok("from the proxy")]);
    let server = Server::answering(vec![ok("direct")]);
    let through = |except: &str| {
        let proxies = Proxies {
            http: Some(proxy.address.clone()),
            except: vec![except.to_owned()],
            ..Proxies::default()
        };
        Client::new(&Settings { proxies, ..Settings::default() }).unwrap()
    };
    let url = server.url("/x");
    let direct = through("127.0.0.1").send(&Request::get(&url)).unwrap();
    assert_eq!(direct.body, b"direct");
    assert!(proxy.asked.try_recv().is_err());
    // Whether by `CONNECT` or with the whole address is the proxy's business; it is asked first.
    drop(through("elsewhere").send(&Request::get(&url)));
    assert!(proxy.asked().contains("127.0.0.1"));
    let proxies = Proxies { https: Some("no proxy at all".to_owned()), ..Proxies::default() };
    let error = Client::new(&Settings { proxies, ..Settings::default() }).unwrap_err();
    assert_eq!(error, SettingsError::Proxy { scheme: "https" });
}
