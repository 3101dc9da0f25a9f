//! Why a registry cannot be read, or not be added to.

use std::path::PathBuf;

use super::event::Seq;
use super::ledger::{EventFault, FolderFault};
use super::objects::ObjectError;
use crate::durable::DurableError;
use crate::signing::SignError;

/// Why a registry cannot be read, or not be added to.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// There is no registry in the folder.
    #[error("there is no registry in `{}`", root.display())]
    NotFounded {
        /// The folder.
        root: PathBuf,
    },
    /// There is one already.
    #[error("there is a registry in `{}` already", root.display())]
    Exists {
        /// The folder.
        root: PathBuf,
    },
    /// Something is wrong with the folder of events.
    #[error("`{}`: {fault}", path.display())]
    Folder {
        /// The folder of events.
        path: PathBuf,
        /// What.
        fault: FolderFault,
    },
    /// An event in the ledger is not taken.
    #[error("event {seq} of the ledger: {fault}")]
    Event {
        /// Its number.
        seq: Seq,
        /// Why.
        fault: Box<EventFault>,
    },
    /// A new event would not be taken.
    #[error("{fault}")]
    Refused {
        /// Why.
        fault: Box<EventFault>,
    },
    /// The anchor's keyring takes a key back, and no event says since when.
    #[error(
        "the keyring revokes a key of `{identity}`, which signed event {signed}, and no event \
         records the revocation"
    )]
    Unrecorded {
        /// Whose key.
        identity: String,
        /// The latest event that it signed.
        signed: Seq,
    },
    /// An object cannot be had or put.
    #[error("{0}")]
    Object(#[from] ObjectError),
    /// The event could not be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The event could not be written.
    #[error(transparent)]
    Write(#[from] DurableError),
}

impl RegistryError {
    /// The stable name of a refusal; none for what is no matter of evidence.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::Folder { .. } => Some("E_LEDGER"),
            Self::Event { fault, .. } | Self::Refused { fault } if !fault.is_storage() => {
                Some(fault.code())
            }
            Self::Unrecorded { .. } => Some("E_KEY_REVOKED"),
            Self::Object(error) if !error.is_storage() => Some("E_OBJECT"),
            _ => None,
        }
    }
}
