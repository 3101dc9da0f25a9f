//! Bytes → facts: the only place that knows the XML crate.
//!
//! The parser is pulled event by event and recurses on nothing; the open elements stand on a stack of
//! bounded depth.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

use quick_xml::events::{BytesDecl, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::JunitError;
use super::facts::{TestFacts, TestSuite};
use super::suite::{Attributes, OpenCase, OpenSuite, Outcome};
use crate::evidence::limits::{DOCUMENT_BYTES_MAX, ITEMS_MAX, NAMES_KEPT};
use crate::quantity::Bytes;
use crate::verdict::text;

/// Reads a document of test results.
///
/// # Errors
/// [`JunitError`]: too large, no UTF-8, no XML, a document type, elements that are no test results or
/// stand where none belong. That attributes lie is no error but a fact.
pub fn junit(document: &[u8]) -> Result<TestFacts, JunitError> {
    let found = Bytes(document.len() as u64);
    if found > DOCUMENT_BYTES_MAX {
        return Err(JunitError::TooLarge { found, limit: DOCUMENT_BYTES_MAX });
    }
    let text = std::str::from_utf8(document)
        .map_err(|error| JunitError::NotText { offset: error.valid_up_to() })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut parser = Reader::from_str(text);
    let mut walk = Walk { open: Vec::new(), facts: TestFacts::default(), elements: 0, done: false };
    loop {
        let event = parser.read_event();
        let offset = parser.buffer_position();
        match event.map_err(|error| JunitError::Xml { offset, reason: error.to_string() })? {
            Event::Start(element) => walk.enter(&element, offset)?,
            Event::Empty(element) => {
                walk.enter(&element, offset)?;
                walk.leave();
            }
            Event::End(_) => walk.leave(),
            Event::DocType(_) => return Err(JunitError::DocumentType { offset }),
            Event::Decl(declaration) => check_encoding(&declaration, text, offset)?,
            Event::GeneralRef(entity) => {
                let name = String::from_utf8_lossy(&entity).into_owned();
                let own = ["lt", "gt", "amp", "apos", "quot"].contains(&name.as_str());
                if !own && !matches!(entity.resolve_char_ref(), Ok(Some(_))) {
                    return Err(JunitError::Entity { name, offset });
                }
                walk.text(offset)?;
            }
            Event::CData(_) => walk.text(offset)?,
            Event::Text(words) if !words.trim_ascii().is_empty() => walk.text(offset)?,
            Event::Text(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => return walk.finish(),
        }
    }
}

/// The most levels of elements: a case stands at the third, suites in suites are rare.
const DEPTH_MAX: usize = 64;

/// The most attributes of one element; a suite has about ten.
const ATTRIBUTES_MAX: usize = 64;

fn check_encoding(decl: &BytesDecl<'_>, text: &str, offset: u64) -> Result<(), JunitError> {
    let broken =
        |error: &dyn std::fmt::Display| JunitError::Xml { offset, reason: error.to_string() };
    decl.version().map_err(|error| broken(&error))?;
    let Some(encoding) = decl.encoding() else { return Ok(()) };
    let encoding = encoding.map_err(|error| broken(&error))?;
    let name = String::from_utf8_lossy(&encoding).into_owned();
    let utf8 = ["utf-8", "utf8", "us-ascii", "ascii"].contains(&name.to_lowercase().as_str());
    // What is ASCII alone is the same text in every encoding that a declaration can be read in.
    if utf8 || text.is_ascii() { Ok(()) } else { Err(JunitError::Encoding { found: name }) }
}

/// The open elements, and what was read.
struct Walk {
    open: Vec<(String, Frame)>,
    facts: TestFacts,
    elements: usize,
    /// Whether the outermost element was closed.
    done: bool,
}

enum Frame {
    Suite(OpenSuite),
    Case(OpenCase),
    Other,
}

impl Walk {
    fn enter(&mut self, element: &BytesStart<'_>, offset: u64) -> Result<(), JunitError> {
        self.elements = self.elements.saturating_add(1);
        if self.elements > ITEMS_MAX {
            return Err(JunitError::TooManyElements { limit: ITEMS_MAX });
        }
        if self.open.len() == DEPTH_MAX {
            return Err(JunitError::TooDeep { limit: DEPTH_MAX });
        }
        if self.done {
            return Err(JunitError::Outside { offset });
        }
        let name = String::from_utf8_lossy(element.local_name().as_ref()).into_owned();
        let frame = match (name.as_str(), self.open.last_mut()) {
            ("testsuites", None) => {
                Frame::Suite(OpenSuite::new(None, attributes(element, offset)?))
            }
            ("testsuite", None | Some((_, Frame::Suite(_)))) => {
                let index = self.facts.suites.len();
                let suite = OpenSuite::new(Some(index), attributes(element, offset)?);
                let (name, counts) = (suite.name.clone(), suite.counts);
                self.facts.suites.push(TestSuite { name, counts });
                Frame::Suite(suite)
            }
            ("testcase", Some((_, Frame::Suite(_)))) => {
                Frame::Case(OpenCase::new(&attributes(element, offset)?))
            }
            (_, None) => return Err(JunitError::NotJunit { found: Some(name) }),
            ("testsuites" | "testsuite" | "testcase", Some((parent, _))) => {
                let elements = ["testsuites", "testsuite", "testcase"];
                let element = elements.into_iter().find(|known| *known == name);
                let (element, parent) = (element.unwrap_or_default(), parent.clone());
                return Err(JunitError::Misplaced { element, parent, offset });
            }
            (inner, Some((_, Frame::Case(case)))) => {
                case.take_element(inner);
                Frame::Other
            }
            ("error" | "failure", Some((_, Frame::Suite(suite)))) => {
                suite.take_error();
                keep(&mut self.facts.errors, &suite.name);
                Frame::Other
            }
            _ => Frame::Other,
        };
        self.open.push((name, frame));
        Ok(())
    }

    fn leave(&mut self) {
        let frame = self.open.pop();
        let above = self.open.last_mut().and_then(|(_, frame)| match frame {
            Frame::Suite(suite) => Some(suite),
            Frame::Case(_) | Frame::Other => None,
        });
        match frame {
            Some((_, Frame::Case(case))) => {
                match case.outcome {
                    Outcome::Failed => keep(&mut self.facts.failures, &case.name),
                    Outcome::Errored => keep(&mut self.facts.errors, &case.name),
                    Outcome::Passed if case.flaky => keep(&mut self.facts.flaky, &case.name),
                    Outcome::Passed | Outcome::Skipped => {}
                }
                if let Some(suite) = above {
                    suite.take_case(&case);
                }
            }
            Some((_, Frame::Suite(suite))) => {
                for fault in suite.faults() {
                    if self.facts.faults.len() < NAMES_KEPT {
                        self.facts.faults.push(fault);
                    } else {
                        self.facts.faults_omitted = self.facts.faults_omitted.saturating_add(1);
                    }
                }
                if let Some(kept) = suite.index.and_then(|index| self.facts.suites.get_mut(index)) {
                    kept.counts = suite.counts;
                }
                match above {
                    Some(above) => above.take_suite(&suite),
                    None => self.facts.total = suite.counts,
                }
            }
            Some((_, Frame::Other)) | None => {}
        }
        self.done = self.open.is_empty();
    }

    /// Text that is not blank.
    fn text(&self, offset: u64) -> Result<(), JunitError> {
        if self.open.is_empty() { Err(JunitError::Outside { offset }) } else { Ok(()) }
    }

    fn finish(self) -> Result<TestFacts, JunitError> {
        match self.open.into_iter().next_back() {
            Some((element, _)) => Err(JunitError::Cut { element }),
            None if !self.done => Err(JunitError::NotJunit { found: None }),
            None => Ok(self.facts),
        }
    }
}

fn keep(names: &mut Vec<String>, name: &str) {
    if names.len() < NAMES_KEPT {
        names.push(text::name(name));
    }
}

fn attributes(element: &BytesStart<'_>, offset: u64) -> Result<Attributes, JunitError> {
    let mut found = Attributes::new();
    for (number, attribute) in element.attributes().enumerate() {
        if number == ATTRIBUTES_MAX {
            return Err(JunitError::TooManyAttributes { limit: ATTRIBUTES_MAX, offset });
        }
        let broken =
            |error: &dyn std::fmt::Display| JunitError::Xml { offset, reason: error.to_string() };
        let attribute = attribute.map_err(|error| broken(&error))?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| broken(&error))?
            .into_owned();
        found.insert(String::from_utf8_lossy(attribute.key.as_ref()).into_owned(), value);
    }
    Ok(found)
}
