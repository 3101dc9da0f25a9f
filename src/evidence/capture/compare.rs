//! Two environments against each other.

use std::collections::BTreeMap;

use super::document::Capture;
use crate::evidence::tree::{
    Change, Comparison, Difference, Format, Leaf, Path, Rules, Step, Tree, TreeFault,
    compare as compare_trees,
};

/// How two captures differ, and of what nobody can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureComparison {
    /// The differences of what is known on both sides.
    pub found: Comparison,
    /// What is not known on one side, unless it is ignored.
    pub unknown: Vec<Unknown>,
}

/// Something that a capture could not find out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Its path.
    pub path: String,
    /// Why not, and on which side.
    pub reason: String,
}

/// Compares two captures, path by path; the instants at which they were made do not count.
///
/// # Errors
/// [`TreeFault`] when one has more values than a tree may have.
pub fn compare(
    reference: &Capture,
    candidate: &Capture,
    rules: &Rules,
) -> Result<CaptureComparison, TreeFault> {
    let mut unknown = unknown_of(reference, "the reference");
    unknown.extend(unknown_of(candidate, "the candidate"));
    let keys = [&reference.secrets_key, &candidate.secrets_key];
    if let [Some(left), Some(right)] = keys
        && left != right
    {
        let reason = "the two captures hashed them with different keys".to_owned();
        unknown.push((Path::of_keys(["secrets"]), reason));
    }
    let ignored = |path: &Path| rules.ignore.iter().any(|pattern| pattern.matches(None, path));
    let known =
        |tree: Tree| tree.only(|path| !unknown.iter().any(|(head, _)| path.0.starts_with(&head.0)));
    let mut found = compare_trees(&known(tree_of(reference)?), &known(tree_of(candidate)?), rules);
    found.differences = found.differences.into_iter().map(bare).collect();
    let unknown = unknown
        .into_iter()
        .filter(|(path, _)| !ignored(path))
        .map(|(path, reason)| Unknown { path: path.to_string(), reason })
        .collect();
    Ok(CaptureComparison { found, unknown })
}

/// What a capture says it does not know.
fn unknown_of(capture: &Capture, side: &str) -> Vec<(Path, String)> {
    let steps = |path: &str| Path::of_keys(path.split('.'));
    capture
        .unknown
        .iter()
        .map(|(path, reason)| (steps(path), format!("not known of {side}: {reason}")))
        .collect()
}

/// The capture as a tree. What stands in a list is a set: each member is a path of its own, so that
/// one more does not move the others.
fn tree_of(capture: &Capture) -> Result<Tree, TreeFault> {
    // A capture has text for keys alone, so that it can always be written.
    let text = serde_json::to_vec(capture).unwrap_or_default();
    let mut members: BTreeMap<Path, Leaf> = BTreeMap::new();
    for (path, leaf) in Tree::read_as(Format::Json, &text)?.leaves() {
        match (path.0.as_slice(), leaf) {
            ([Step::Key(first), ..], _) if LEFT_OUT.contains(&first.as_str()) => {}
            // A section with nothing in it says nothing.
            (_, Leaf::EmptyMap | Leaf::EmptyList) => {}
            ([head @ .., Step::Item(_)], Leaf::Text(member)) => {
                let mut steps = head.to_vec();
                steps.push(Step::Key(member.clone()));
                members.insert(Path(steps), Leaf::Boolean(true));
            }
            _ => {
                members.insert(path.clone(), leaf.clone());
            }
        }
    }
    Tree::of(members)
}

/// Members of sets are there or not; that they are `true` says nothing.
fn bare(difference: Difference) -> Difference {
    let change = match difference.change {
        Change::OnlyReference(value) if value == "`true`" => Change::OnlyReference(String::new()),
        Change::OnlyCandidate(value) if value == "`true`" => Change::OnlyCandidate(String::new()),
        other => other,
    };
    Difference { change, ..difference }
}

/// What is no part of the environment.
const LEFT_OUT: [&str; 4] = ["format", "captured_at", "unknown", "secrets_key"];
