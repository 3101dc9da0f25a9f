//! What can be wrong with a document of test results.

use std::fmt;

use crate::quantity::Bytes;
use crate::verdict::text;

/// Why a document of test results cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JunitError {
    /// It is longer than allowed; nothing of it was read.
    #[error("{} bytes exceed the limit of {} bytes", found.0, limit.0)]
    TooLarge {
        /// Its length.
        found: Bytes,
        /// The most that is read.
        limit: Bytes,
    },
    /// It is not UTF-8.
    #[error("not UTF-8 text from byte {offset} on")]
    NotText {
        /// Where it ends to be.
        offset: usize,
    },
    /// It says that it is in another encoding.
    #[error("the document says it is in `{}`; expected UTF-8", text::name(found))]
    Encoding {
        /// The encoding it names.
        found: String,
    },
    /// It is no XML.
    #[error("not XML at byte {offset}: {}", text::phrase(reason))]
    Xml {
        /// Where the parser noticed.
        offset: u64,
        /// The parser's words.
        reason: String,
    },
    /// It has a document type, which may hold entities.
    #[error("a document type at byte {offset}; expected none")]
    DocumentType {
        /// Where it stands.
        offset: u64,
    },
    /// It uses an entity that only a document type could explain.
    #[error("the entity `&{};` at byte {offset} is not one of XML's own", text::name(name))]
    Entity {
        /// Its name.
        name: String,
        /// Where it stands.
        offset: u64,
    },
    /// It is nested deeper than any report of tests.
    #[error("nesting is deeper than the limit of {limit} levels")]
    TooDeep {
        /// The most levels.
        limit: usize,
    },
    /// It has more elements than anybody can want to read.
    #[error("more than {limit} elements in one document")]
    TooManyElements {
        /// The most that are read.
        limit: usize,
    },
    /// An element has more attributes than any report has.
    #[error("more than {limit} attributes in one element at byte {offset}")]
    TooManyAttributes {
        /// The most that are read.
        limit: usize,
        /// Where the element ends.
        offset: u64,
    },
    /// It is about something else.
    #[error("expected `<testsuites>` or `<testsuite>`, found {}", root(found.as_deref()))]
    NotJunit {
        /// The name of the outermost element, if there is one.
        found: Option<String>,
    },
    /// An element of test results stands where nobody would look for it.
    #[error("`<{element}>` at byte {offset} stands inside of `<{}>`", text::name(parent))]
    Misplaced {
        /// Its name.
        element: &'static str,
        /// The name of the element around it.
        parent: String,
        /// Where it stands.
        offset: u64,
    },
    /// It ends before its elements do.
    #[error("the document ends inside of `<{}>`: it was cut", text::name(element))]
    Cut {
        /// The innermost element that is open.
        element: String,
    },
    /// Something stands before or behind the outermost element.
    #[error("something stands outside of the outermost element at byte {offset}")]
    Outside {
        /// Where it ends.
        offset: u64,
    },
}

fn root(found: Option<&str>) -> String {
    found.map_or_else(|| "no element".to_owned(), |found| format!("`<{}>`", text::name(found)))
}

/// An attribute that contradicts the test cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JunitFault {
    /// The suite.
    pub suite: String,
    /// The attribute.
    pub attribute: &'static str,
    /// What it claims.
    pub claimed: String,
    /// What was counted.
    pub counted: u64,
}

impl fmt::Display for JunitFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { suite, attribute, claimed, counted } = self;
        let (suite, claimed) = (text::name(suite), text::name(claimed));
        write!(formatter, "`{suite}` claims {attribute}=\"{claimed}\", but {counted} were counted")
    }
}
