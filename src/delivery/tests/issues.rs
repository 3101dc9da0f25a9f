//! Issues at GitHub and GitLab.

use serde_json::{Value, json};

use super::decisions::{outside, rollback};
use super::server::Server;
use crate::delivery::{Change, deliver};
use crate::policy::Action;

#[test]
fn an_issue_is_opened_once_for_an_event() {
    for kind in ["github", "gitlab"] {
        let folder = tempfile::tempdir().unwrap();
        let github = kind == "github";
        let (body, link) = if github { ("body", "html_url") } else { ("description", "web_url") };
        let mut issues = vec![
            json!({body: null, link: "https://x/0", "created_at": "2030-01-01T00:00:00Z"}),
            json!({body: "about something else", link: "https://x/1", "created_at": "2030-01-01T00:00:00Z"}),
        ];
        let server = Server::answering(move |asked| {
            if asked.method == "GET" {
                return (200, Value::Array(issues.clone()).to_string());
            }
            let mut issue = asked.body.clone();
            issue[link] = format!("https://x/{}", issues.len()).into();
            issue["created_at"] = "2026-09-21T00:00:00Z".into();
            issues.push(issue.clone());
            (201, issue.to_string())
        });
        let url = server.address.clone();
        let action = if github {
            Action::Github { url, repository: "acme/models".to_owned() }
        } else {
            Action::Gitlab { url, project: "acme/{model}".to_owned() }
        };
        let (decision, outside) = (rollback(), outside(folder.path()));
        let done = deliver(&action, &decision, &outside).unwrap();
        assert_eq!((done.reference.as_ref(), done.change), ("https://x/2", Change::Made));
        let again = deliver(&action, &decision, &outside).unwrap();
        assert_eq!((again.reference, again.change), (done.reference, Change::Found));
        let path = if github {
            "/repos/acme/models/issues"
        } else {
            "/api/v4/projects/acme%2Ffraud/issues"
        };
        assert_eq!(server.sent(), [format!("POST {path}")], "one issue");
        let asked = server.asked();
        let token =
            if github { "authorization: bearer h-s3cret" } else { "private-token: l-s3cret" };
        assert!(asked.iter().all(|one| one.head.contains(token)));
        let made = asked.iter().find(|one| one.method == "POST").unwrap();
        assert_eq!(made.body["title"], "Incident: fraud v12 rolled back to v11 in prod");
        let text = made.body[body].as_str().unwrap();
        assert!(text.contains(&decision.event.to_string()), "{text}");
        assert!(text.contains("\n    @everyone **look** <!-- x -->\n"), "{text}");
    }
}

#[test]
fn a_list_of_issues_that_cannot_be_read_opens_none() {
    let folder = tempfile::tempdir().unwrap();
    let page: Vec<Value> =
        (0..100).map(|_| json!({"body": "x", "created_at": "2099-01-01T00:00:00Z"})).collect();
    let page = Value::Array(page).to_string();
    for (answer, expected) in [(page.as_str(), "at most 2000 issues"), ("{}", "a list of issues")] {
        let answer = answer.to_owned();
        let server = Server::answering(move |_| (200, answer.clone()));
        let (url, repository) = (server.address.clone(), "acme/models".to_owned());
        let action = Action::Github { url, repository };
        let error = deliver(&action, &rollback(), &outside(folder.path())).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(server.sent().is_empty());
    }
}
