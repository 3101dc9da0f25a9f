//! Each format read, each kind of difference named, and what is refused.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::*;

fn tree(name: &str, text: &str) -> Tree {
    Tree::read(name, text.as_bytes()).unwrap()
}

fn lines(name: &str, text: &str) -> Vec<String> {
    tree(name, text).leaves().map(|(path, leaf)| format!("{path}={leaf}")).collect()
}

fn fault(name: &str, bytes: &[u8]) -> String {
    Tree::read(name, bytes).unwrap_err().to_string()
}

fn rules(ignore: &[&str], secret: &[&str]) -> Rules {
    let patterns = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
    Rules { ignore: patterns(ignore), secret: patterns(secret) }
}

fn differences(name: &str, reference: &str, candidate: &str) -> Vec<String> {
    let found = compare(&tree(name, reference), &tree(name, candidate), &Rules::default());
    found.differences.iter().map(ToString::to_string).collect()
}

#[test]
fn the_same_configuration_is_the_same_tree_in_each_format() {
    let yaml =
        tree("a.yaml", "server: {port: 80, host: 'a', tls: true}\nlist: [x, {y: null}]\nno: {}\n");
    let json = r#"{"no": {}, "list": ["x", {"y": null}], "server": {"tls": true, "host": "a", "port": 80}}"#;
    assert_eq!(yaml, tree("a.json", json));
    let toml = "list = ['x']\n[server]\nport = 80\nhost = 'a'\ntls = true\n";
    let part = tree("a.yml", "server: {port: 80, host: a, tls: true}\nlist: [x]\n");
    assert_eq!(part, tree("a.toml", toml));
    assert_eq!(
        lines("b.yaml", "a: 1\n---\na: 2\n"),
        ["0.a=1", "1.a=2"],
        "documents of one file are numbered"
    );
}

#[test]
fn numbers_keep_their_digits() {
    let found = differences("a.json", "[9007199254740993]", "[9007199254740992]");
    assert_eq!(
        found,
        ["`0` is `9007199254740993` in the reference and `9007199254740992` in the candidate"]
    );
}

#[test]
fn env_files_are_read_line_by_line() {
    let text = "# comment\nexport A=1 # one\nB='x # y'\n C = \"a\\nb\\\"$\" \nD=\nE=a#b\n";
    assert_eq!(lines(".env", text), ["A=1", "B=x # y", "C=a\nb\"$", "D=", "E=a#b"]);
    assert!(fault(".env.prod", b"A=1\nA=2\n").contains("line 2: the name stands there twice"));
    assert!(fault("x.env", b"what\n").contains("line 1: expected `NAME=value`"));
    assert!(fault("x.env", b"A=\"b\n").contains("a quote is left open"));
    assert!(fault("x.env", b"A B=1\n").contains("the name is none"));
}

#[test]
fn requirements_become_packages() {
    let text = "# pinned\n--index-url https://example.org/simple\n-r base.txt\n\
                Scikit_Learn==1.5.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n\
                numpy >= 1.26, < 3 ; python_version < '3.13'\nuvicorn[standard]==0.30\npandas\n\
                own @ https://example.org/own.whl\n";
    let found = lines("requirements-prod.txt", text);
    assert_eq!(found[0], "options.--index-url=https://example.org/simple");
    assert_eq!(found[1], "options.-r=base.txt");
    assert_eq!(found[2], "packages.numpy=>=1.26,<3;python_version<'3.13'");
    assert_eq!(found[3], "packages.own=@https://example.org/own.whl");
    assert_eq!(found[4], "packages.pandas=any");
    assert!(found[5].starts_with("packages.scikit-learn=1.5.0 #"), "{}", found[5]);
    assert_eq!(found[6], "packages.uvicorn[standard]=0.30");
    let swapped = text.replace("aa", "cc").replace("bb", "aa").replace("cc", "bb");
    assert_eq!(differences("requirements.txt", text, &swapped), [""; 0], "order of hashes");
    assert_eq!(differences("requirements.txt", text, &text.replace("bb", "dd")).len(), 1);
    assert!(fault("requirements.txt", b"ok==1\n===\n").contains("line 2"));
}

#[test]
fn lock_files_are_compared_package_by_package() {
    let cargo = "version = 4\n[[package]]\nname = 'a'\nversion = '1.0.0'\nchecksum = 'aa'\n\
                 [[package]]\nname = 'a'\nversion = '2.0.0'\n[[package]]\nname = 'b'\nversion = '3.1.0'\n";
    let found = differences("Cargo.lock", cargo, &cargo.replace("3.1.0", "3.2.0"));
    assert_eq!(found, ["`packages.b` is `3.1.0` in the reference and `3.2.0` in the candidate"]);
    let found = differences("Cargo.lock", cargo, &cargo.replace("'aa'", "'bb'"));
    assert!(found[0].starts_with("`packages.a` is `1.0.0 #"), "{found:?}");
    let pinned = packages("Cargo.lock", cargo.as_bytes()).unwrap().unwrap();
    assert_eq!(pinned["a"].iter().collect::<Vec<_>>(), ["1.0.0", "2.0.0"]);

    let npm = r#"{"lockfileVersion": 3, "packages": {"": {"name": "app", "version": "1.0.0"},
        "node_modules/left-pad": {"version": "1.3.0", "integrity": "sha512-x"}},
        "dependencies": {"left-pad": {"version": "1.3.0"}}}"#;
    let pinned = packages("x/package-lock.json", npm.as_bytes()).unwrap().unwrap();
    assert_eq!(pinned["left-pad"].iter().collect::<Vec<_>>(), ["1.3.0"]);
    assert_eq!(pinned["(the project itself)"].iter().collect::<Vec<_>>(), ["1.0.0"]);
    let uv = "version = 1\n[[package]]\nname = 'Typing.Extensions'\nversion = '4.12'\n";
    assert!(packages("uv.lock", uv.as_bytes()).unwrap().unwrap().contains_key("typing-extensions"));
    assert_eq!(packages("a.yaml", b"a: 1").unwrap(), None);
    for (name, text) in [
        ("Cargo.lock", ""),
        ("Cargo.lock", "[[package]]\nversion = '1'\n"),
        ("package-lock.json", "{}"),
        ("package-lock.json", ""),
    ] {
        assert!(fault(name, text.as_bytes()).contains("no lock file"), "{name}: {text}");
    }
}

#[test]
fn differences_are_named_by_file_and_path() {
    let reference = "a: 1\nb: {c: [1, 2]}\nd: x\n";
    let candidate = "a: '1'\nb: {c: [1]}\ne: x\nd: x\n";
    assert_eq!(
        differences("a.yaml", reference, candidate),
        [
            "`a` is `1` (a number) in the reference and `1` (text) in the candidate",
            "`b.c.1` is in the reference alone, `2`",
            "`e` is in the candidate alone, `x`",
        ]
    );
    let folder = |files: &[(&str, &str)]| -> BTreeMap<String, Tree> {
        files.iter().map(|(name, text)| ((*name).to_owned(), tree(name, text))).collect()
    };
    let left = folder(&[
        ("app.yaml", "a: 1"),
        ("old.bin", "x"),
        ("same.toml", "a = 1"),
        ("z.sh", "echo 1"),
    ]);
    let right = folder(&[
        ("app.yaml", "a: 2"),
        ("new.env", "A=1"),
        ("same.toml", "a = 1"),
        ("z.sh", "echo 2"),
    ]);
    let found = compare_folders(&left, &right, &rules(&["z.sh:"], &[]));
    let said: Vec<String> = found.differences.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "`app.yaml:a` is `1` in the reference and `2` in the candidate",
            "the file `new.env` is in the candidate alone",
            "the file `old.bin` is in the reference alone",
        ]
    );
    assert_eq!((found.ignored, found.compared), (1, 5));
    let nothing = compare_folders(&BTreeMap::new(), &BTreeMap::new(), &Rules::default());
    assert_eq!(nothing.compared, 0);
}

#[test]
fn ignored_paths_are_counted_and_secrets_are_never_shown() {
    let reference =
        tree("a.yaml", "db: {password: s3cret1, url: 'pg://a:s3cret3@h', pin: s3cret5}\nhost: a\n");
    let candidate = tree(
        "a.yaml",
        "db: {password: s3cret2, url: 'pg://a:s3cret4@h', pin: s3cret6}\nhost: b\nkey: {token: s3cret7}\n",
    );
    let found = compare(&reference, &candidate, &rules(&["host"], &["db.pin"]));
    assert_eq!((found.differences.len(), found.ignored), (4, 1));
    let said = format!(
        "{found:?}{}",
        found.differences.iter().map(ToString::to_string).collect::<String>()
    );
    assert!(!said.contains("s3cret"), "{said}");
    assert!(said.contains("`db.password` is a value that is not shown in the reference and another one in the candidate"));
}

#[test]
fn values_are_cut_and_cannot_steer_a_terminal() {
    let long = "x".repeat(100_000);
    let found = differences("a.json", &format!("\"{long}a\""), &format!("\"{long}b\""));
    assert!(found[0].contains("with another end") && found[0].len() < 400, "{}", found[0].len());
    let found = differences("a.json", r#"{"\u001b[2J": "\u202ea\nb"}"#, "{}");
    assert!(!found.concat().contains(['\u{1b}', '\u{202e}', '\n']), "{found:?}");
}

#[test]
fn repeated_keys_depth_and_size_are_refused_in_each_format() {
    assert!(fault("a.json", br#"{"a": 1, "a": 2}"#).contains("appears twice"));
    assert!(fault("a.yaml", b"a: 1\na: 2\n").contains("stands there twice"));
    assert!(fault("a.toml", b"a = 1\na = 2\n").contains("line 2"));
    assert!(fault("a.json", "[".repeat(100_000).as_bytes()).contains("deeper"));
    assert!(fault("a.yaml", "[".repeat(100_000).as_bytes()).contains("line"));
    fault("a.toml", format!("a = {}", "[".repeat(100_000)).as_bytes());
    fault("a.toml", format!("{} = 1", vec!["a"; 10_000].join(".")).as_bytes());
    assert!(fault("a.json", &vec![b' '; BYTES_MAX + 1]).contains("the limit is"));
    assert!(fault("a.env", b"A=\xff").contains("not UTF-8"));
    let mut many = String::new();
    for number in 0..=LEAVES_MAX {
        writeln!(many, "A{number}=1").unwrap();
    }
    assert!(fault("a.env", many.as_bytes()).contains("more than 200000 values"));
    for (name, bytes) in [("a.json", &b"{"[..]), ("a.toml", b"= 1"), ("a.yaml", b"a: [1")] {
        assert!(fault(name, bytes).starts_with(&format!("`{name}` ")));
    }
}

#[test]
fn an_empty_document_is_an_empty_tree() {
    for name in ["a.json", "a.yaml", "a.toml", ".env", "requirements.txt"] {
        assert!(tree(name, "\n").is_empty(), "{name}");
    }
    assert!(tree("a.yaml", "# nothing\n").is_empty());
    assert_eq!(tree("a.bin", "").len(), 1);
}

#[test]
fn formats_are_told_by_name() {
    for (name, format) in [
        ("a/b.YML", Format::Yaml),
        ("values.json", Format::Json),
        ("pyproject.toml", Format::Toml),
        (".env", Format::DotEnv),
        ("conf/.env.production", Format::DotEnv),
        ("prod.env", Format::DotEnv),
        ("requirements/dev.txt", Format::Opaque),
        ("requirements-dev.txt", Format::Requirements),
        ("x/Cargo.lock", Format::Lock(LockKind::Cargo)),
        ("poetry.lock", Format::Lock(LockKind::Python)),
        ("Makefile", Format::Opaque),
    ] {
        assert_eq!(Format::of_name(name), format, "{name}");
    }
}
