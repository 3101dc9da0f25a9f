//! A registry as a folder: founding it, replaying it, adding to it.

use std::path::{Path, PathBuf};

use super::event::{Event, EventBody, SCHEMA_VERSION, Seq, Subject, SubjectName};
use super::governance::GovernanceFault;
use super::ledger::{Anchor, EventFault, LedgerFolder, VerifiedEvent};
use super::objects::{ObjectError, Objects};
use super::{Moment, RegistryError, Replayed};
use crate::clock::Timestamp;
use crate::durable::{self, DurableError};
use crate::identity::Sha256Digest;
use crate::signing::sign::Signed;
use crate::signing::{self, Nonce, Signer, sign};

/// A registry's folder.
#[derive(Debug, Clone)]
pub struct Registry {
    root: PathBuf,
    ledger: LedgerFolder,
    objects: Objects,
}

/// What came of an attempt to add an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// It stands in the ledger.
    Done(VerifiedEvent),
    /// Somebody else took the place, and nothing was written. The ledger is replayed up to what is
    /// there now, so that whoever asked can look and decide again.
    Conflict {
        /// The event that stands there.
        winner: VerifiedEvent,
    },
}

impl Registry {
    /// The registry in a folder, which must have been founded.
    ///
    /// # Errors
    /// [`RegistryError::NotFounded`]
    pub fn open(root: &Path) -> Result<Self, RegistryError> {
        let registry = Self::at(root);
        if registry.ledger.file(Seq::FIRST).symlink_metadata().is_ok()
            || registry.ledger.list()?.last.is_some()
        {
            return Ok(registry);
        }
        Err(RegistryError::NotFounded { root: root.to_owned() })
    }

    fn at(root: &Path) -> Self {
        let (ledger, objects) = (LedgerFolder::of(root), Objects::of(root));
        Self { root: root.to_owned(), ledger, objects }
    }

    /// Founds a registry in a folder that holds none: puts the keyring and the policy in, and
    /// writes the first event.
    ///
    /// # Errors
    /// [`RegistryError`]: [`RegistryError::Exists`] when there is one; a keyring that does not let
    /// the signer sign, or gives governance to nobody, so that nothing could be changed later; storage.
    pub fn found<S: Signer>(
        root: &Path,
        keyring: &[u8],
        policy: Option<&[u8]>,
        signer: &S,
        at: impl Into<Moment>,
    ) -> Result<(Self, Replayed), RegistryError> {
        let registry = Self::at(root);
        let exists = || RegistryError::Exists { root: root.to_owned() };
        if registry.ledger.list()?.last.is_some() {
            return Err(exists());
        }
        let moment = at.into();
        if let Ok(known) = signing::keyring::parse("keyring", keyring)
            && known.governors(moment.at).is_empty()
        {
            let fault = Box::new(EventFault::Governance(GovernanceFault::Nobody));
            return Err(RegistryError::Refused { fault });
        }
        let body = EventBody::Founded {
            keyring: Sha256Digest::of(keyring),
            policy: policy.map(Sha256Digest::of),
            nonce: Nonce::draw(),
        };
        let objects: Vec<Vec<u8>> =
            [keyring].into_iter().chain(policy).map(<[u8]>::to_vec).collect();
        let mut replayed = Replayed::empty(&Anchor::Founding);
        match registry.append_with(&mut replayed, body, &objects, &[], signer, moment)? {
            Appended::Done(_) => Ok((registry, replayed)),
            Appended::Conflict { .. } => Err(exists()),
        }
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The evidence.
    #[must_use]
    pub fn objects(&self) -> &Objects {
        &self.objects
    }

    /// The files of the events.
    #[must_use]
    pub fn ledger(&self) -> &LedgerFolder {
        &self.ledger
    }

    /// Replays the ledger from its first event to its last, believing whom the anchor says.
    ///
    /// # Errors
    /// [`RegistryError`]: the first fault, with its place; a revocation that no event records.
    pub fn load(&self, anchor: &Anchor) -> Result<Replayed, RegistryError> {
        let replayed = self.load_to_change_keyring(anchor)?;
        replayed.confirm_recorded()?;
        Ok(replayed)
    }

    /// The same, but for whoever is about to record the revocations of the anchor's keyring.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn load_to_change_keyring(&self, anchor: &Anchor) -> Result<Replayed, RegistryError> {
        let mut replayed = Replayed::empty(anchor);
        let listing = self.ledger.list()?;
        replayed.leftovers = listing.leftovers > 0;
        if let Some(fault) = listing.faults.into_iter().next() {
            let path = self.ledger.path().to_owned();
            return Err(RegistryError::Folder { path, fault });
        }
        self.catch_up(&mut replayed)?;
        if replayed.chain.head().is_none() {
            return Err(RegistryError::NotFounded { root: self.root.clone() });
        }
        Ok(replayed)
    }

    /// Takes the events that came since.
    ///
    /// # Errors
    /// [`RegistryError`], the first fault.
    pub fn catch_up(&self, replayed: &mut Replayed) -> Result<(), RegistryError> {
        loop {
            let seq = replayed.chain.next_seq();
            let at_event = |fault| RegistryError::Event { seq, fault: Box::new(fault) };
            let bytes = self.ledger.read(seq).map_err(|error| at_event(EventFault::File(error)))?;
            let Some(bytes) = bytes else { return Ok(()) };
            let event = replayed.chain.take(&bytes, &self.objects).map_err(at_event)?;
            replayed.events.push(event);
        }
    }

    /// Adds an event behind the last one that was replayed, by compare-and-swap.
    ///
    /// Its subjects are the objects that its body names, `others`, and where there are none the
    /// keyring in force; all must be in the store. Whatever a reader would refuse is not written:
    /// the signed event is taken by the replayed chain first. Where the writer's clock is known, an
    /// event that lies ahead of it is not written either: it would keep all others from writing.
    ///
    /// # Errors
    /// [`RegistryError`]: a fault of the event (`E_STATE`, `E_CLOCK`, `E_ROLE`, …), an object that
    /// is missing, a signer that does not sign, storage. When storage fails after the event was
    /// given its name it may stand in the ledger all the same: look before trying again.
    pub fn append<S: Signer>(
        &self,
        replayed: &mut Replayed,
        body: EventBody,
        others: &[Subject],
        signer: &S,
        at: impl Into<Moment>,
    ) -> Result<Appended, RegistryError> {
        self.append_with(replayed, body, &[], others, signer, at)
    }

    /// The same for an event that rests on objects which are not in the store yet. They are put in
    /// once it is known that the event would be taken, so that a refusal leaves nothing behind; only
    /// who loses the place to somebody else leaves them.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn append_with<S: Signer>(
        &self,
        replayed: &mut Replayed,
        body: EventBody,
        objects: &[Vec<u8>],
        others: &[Subject],
        signer: &S,
        at: impl Into<Moment>,
    ) -> Result<Appended, RegistryError> {
        let known = self.objects.and(objects);
        let seq = replayed.chain.next_seq();
        let refused = |fault| RegistryError::Refused { fault: Box::new(fault) };
        let moment = at.into();
        moment.confirm().map_err(refused)?;
        let at = moment.at;
        replayed.chain.confirm_time(&body, at).map_err(refused)?;
        let statement = self.statement(replayed, &known, body, others, at)?;
        let Signed { envelope, .. } = sign(&statement, std::slice::from_ref(signer))?;
        let mut chain = replayed.chain.clone();
        let event = chain.take(&envelope, &known).map_err(refused)?;
        objects.iter().try_for_each(|bytes| self.objects.put(bytes).map(drop))?;
        if replayed.leftovers {
            durable::sweep(self.ledger.path());
        }
        match self.ledger.create(seq, &envelope) {
            Ok(()) => {
                replayed.chain = chain;
                replayed.events.push(event.clone());
                Ok(Appended::Done(event))
            }
            Err(DurableError::Exists { .. }) => {
                self.catch_up(replayed)?;
                let winner = replayed.event(seq).cloned();
                let winner = winner.ok_or_else(|| RegistryError::Event {
                    seq,
                    fault: Box::new(EventFault::File(ObjectError::Missing {
                        path: self.ledger.file(seq),
                    })),
                })?;
                Ok(Appended::Conflict { winner })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The statement of the next event, whose objects are all there.
    fn statement(
        &self,
        replayed: &Replayed,
        objects: &Objects,
        body: EventBody,
        others: &[Subject],
        at: Timestamp,
    ) -> Result<Vec<u8>, RegistryError> {
        let mut others = others.to_vec();
        if let (true, true, Some(keyring)) =
            (others.is_empty(), body.objects().is_empty(), replayed.state().keyring())
        {
            others.push(Subject { name: keyring_name(), digest: keyring });
        }
        let named = body.objects().into_iter().map(|(_, digest)| digest);
        for digest in named.chain(others.iter().map(|other| other.digest)) {
            objects.get(digest)?;
        }
        let registry = match (&body, replayed.chain.registry()) {
            (EventBody::Founded { nonce, .. }, _) => Sha256Digest::of(nonce.as_str().as_bytes()),
            (_, Some(registry)) => registry,
            (_, None) => return Err(RegistryError::NotFounded { root: self.root.clone() }),
        };
        let (seq, prev) = (replayed.chain.next_seq(), replayed.chain.head());
        let prev = prev.map(|head| head.digest);
        let event = Event { schema_version: SCHEMA_VERSION, registry, seq, prev, at, body };
        Ok(event.statement(&others))
    }
}

fn keyring_name() -> SubjectName {
    "keyring".parse().expect("a plain word")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::event::{EVENT_TYPE, GOVERNANCE_TYPE};
    use crate::signing::{KeyKind, PrivateKey};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(1_790_000_000 + seconds).unwrap()
    }

    fn keyring_of(key: &PrivateKey) -> Vec<u8> {
        let pem = key.public().to_pem().replace('\n', "\n          ");
        format!(
            "version: 1\nname: t\nidentities:\n  - identity: ann\n    roles: [owner]\n    \
             predicates: [\"{EVENT_TYPE}\", \"{GOVERNANCE_TYPE}\"]\n    keys:\n      \
             - public_key: |\n          {pem}\n"
        )
        .into_bytes()
    }

    fn founded() -> (tempfile::TempDir, PrivateKey, Registry, Replayed) {
        let folder = tempfile::tempdir().unwrap();
        let key = PrivateKey::generate(KeyKind::Ed25519);
        let (registry, replayed) =
            Registry::found(folder.path(), &keyring_of(&key), None, &key, at(0)).unwrap();
        (folder, key, registry, replayed)
    }

    fn hold(model: &str) -> EventBody {
        EventBody::HoldPlaced {
            model: model.parse().unwrap(),
            environment: "prod".parse().unwrap(),
            version: None,
            role: "owner".parse().unwrap(),
            comment: "wait".parse().unwrap(),
        }
    }

    #[test]
    fn what_is_appended_is_loaded_again_by_either_anchor() {
        let (folder, key, registry, mut replayed) = founded();
        let done = registry.append(&mut replayed, hold("fraud"), &[], &key, at(10)).unwrap();
        assert!(matches!(done, Appended::Done(event) if event.seq == Seq(2)));
        let keyring = crate::signing::keyring::parse("k", &keyring_of(&key)).unwrap();
        for anchor in [Anchor::Founding, Anchor::keyring(&keyring)] {
            let again = Registry::open(folder.path()).unwrap().load(&anchor).unwrap();
            assert_eq!(again.events(), replayed.events());
            assert_eq!(again.state(), replayed.state());
            assert_eq!(again.events()[1].by, ["ann".to_owned()].into());
        }
    }

    #[test]
    fn of_two_who_want_one_place_the_second_is_told_who_won() {
        let (_folder, key, registry, mut first) = founded();
        let mut second = first.clone();
        registry.append(&mut first, hold("a"), &[], &key, at(1)).unwrap();
        let lost = registry.append(&mut second, hold("b"), &[], &key, at(1)).unwrap();
        let Appended::Conflict { winner } = lost else { panic!("{lost:?}") };
        assert_eq!(winner.body, hold("a"));
        assert_eq!(second.head(), first.head());
        let again = registry.append(&mut second, hold("b"), &[], &key, at(1)).unwrap();
        assert!(matches!(again, Appended::Done(event) if event.seq == Seq(3)));
    }

    #[test]
    fn what_a_reader_would_refuse_is_not_written() {
        let (_folder, key, registry, mut replayed) = founded();
        let stranger = PrivateKey::generate(KeyKind::Ed25519);
        let mut code = |body, signer: &PrivateKey, seconds| {
            let error = registry.append(&mut replayed, body, &[], signer, at(seconds)).unwrap_err();
            error.code().unwrap()
        };
        assert_eq!(code(hold("a"), &stranger, 1), "E_KEY");
        assert_eq!(code(hold("a"), &key, -301), "E_CLOCK");
        let release = EventBody::HoldReleased {
            model: "a".parse().unwrap(),
            environment: "prod".parse().unwrap(),
            version: None,
            role: "owner".parse().unwrap(),
            comment: "go".parse().unwrap(),
        };
        assert_eq!(code(release.clone(), &key, 1), "E_STATE");
        let EventBody::HoldReleased { model, environment, version, comment, .. } = release else {
            panic!()
        };
        let role = "auditor".parse().unwrap();
        let boast = EventBody::HoldPlaced { model, environment, version, role, comment };
        assert_eq!(code(boast, &key, 1), "E_ROLE");
        let passport = Sha256Digest::of(b"never put in");
        let (model, version) = ("a".parse().unwrap(), "v1".parse().unwrap());
        let unknown = EventBody::Registered { model, version, passport };
        assert_eq!(code(unknown, &key, 1), "E_OBJECT");
        assert_eq!(registry.ledger().list().unwrap().last, Some(Seq(1)));
    }

    #[test]
    fn a_folder_is_founded_once() {
        let (folder, key, ..) = founded();
        let again = Registry::found(folder.path(), &keyring_of(&key), None, &key, at(0));
        assert!(matches!(again, Err(RegistryError::Exists { .. })));
        let empty = tempfile::tempdir().unwrap();
        let none = Registry::open(empty.path()).unwrap_err();
        assert!(matches!(none, RegistryError::NotFounded { .. }), "{none}");
    }
}
