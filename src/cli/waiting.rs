//! Requests that wait for an answer, and what of them stands no more.

use serde_json::{Value, json};

use super::decided::request_document;
use super::failure::Failure;
use super::promotion::{InForce, names};
use super::registry_access::Access;
use crate::clock::Timestamp;
use crate::identity::Sha256Digest;
use crate::registry::State;
use crate::registry::door::{Ground, Reason, lapse, withdrawn};
use crate::registry::event::ModelName;
use crate::registry::hearing;
use crate::registry::state::{Approval, Request};
use crate::verdict::text;

/// A request that waits for an answer.
pub(in crate::cli) struct Waiting<'a> {
    digest: Sha256Digest,
    request: &'a Request,
    /// Why it does not stand any more.
    void: Option<Reason>,
    /// Its approvals, and why one counts no more.
    approvals: Vec<(&'a Approval, Option<Reason>)>,
}

/// The open requests, each held to what a door would hold it to.
///
/// # Errors
/// [`Failure`] when a request, its passport or that of a revoked version cannot be read.
pub(in crate::cli) fn waiting<'a>(
    access: &'a Access,
    model: Option<&ModelName>,
    now: Timestamp,
) -> Result<Vec<Waiting<'a>>, Failure> {
    let (objects, replayed) = (access.registry.objects(), &access.replayed);
    let state = replayed.state();
    let in_force = state.policy().map(|_| InForce::of(access)).transpose()?;
    let open = state.open_requests();
    let open = open.filter(|(_, request)| model.is_none_or(|model| *model == request.model));
    open.map(|(digest, request)| {
        let ground = match &in_force {
            Some(in_force) => in_force.ground((objects, replayed), request, now)?,
            None => Ground { state, policy: None, door: None, bar: None, now },
        };
        let void = lapse(&ground, &request_document(access, digest)?, request);
        let approvals = approvals(access, digest, request, &ground);
        Ok(Waiting { digest, request, void, approvals })
    })
    .collect()
}

/// The approvals of a request. Where one cannot be read none is told to count, as at the door.
fn approvals<'a>(
    access: &Access,
    digest: Sha256Digest,
    request: &'a Request,
    ground: &Ground<'_>,
) -> Vec<(&'a Approval, Option<Reason>)> {
    let (state, keyring) = (access.replayed.state(), access.replayed.keyring());
    let objects = access.registry.objects();
    let void = hearing::void(objects, state, keyring, digest, request, ground.now);
    let why = |approval: &Approval| match &void {
        Ok(void) => {
            approval.by.iter().find_map(|person| withdrawn(person, approval, ground, keyring, void))
        }
        Err(error) => Some((error.code(), error.to_string())),
    };
    request.approvals.iter().map(|approval| (approval, why(approval))).collect()
}

impl Waiting<'_> {
    /// For people, in a line.
    pub(in crate::cli) fn line(&self) -> String {
        let Self { digest, request, void, approvals } = self;
        let Request { model, version, environment, .. } = request;
        let approved: Vec<String> = approvals
            .iter()
            .map(|(approval, void)| {
                let void = void.as_ref().map_or(String::new(), |void| format!(" [{}]", said(void)));
                format!("{} as {}{void}", names(&approval.by), approval.role)
            })
            .collect();
        let approved = if approved.is_empty() { "nobody".to_owned() } else { approved.join(", ") };
        let void = void.as_ref().map_or(String::new(), |void| format!(", {}", said(void)));
        let asked = names(&request.by);
        format!(
            "asked     {model}@{version} to {environment} by {asked}, approved by {approved}, \
             request {digest}{void}"
        )
    }

    /// For programs. `known` is the state that knows which times are believed.
    pub(in crate::cli) fn document(&self, known: &State) -> Value {
        let Self { digest, request, void, approvals } = self;
        let approval = |(one, void): &(&Approval, Option<Reason>)| {
            let void = void.as_ref().map(reason);
            json!({ "by": one.by, "role": one.role, "comment": one.comment, "void": void })
        };
        let approvals: Vec<Value> = approvals.iter().map(approval).collect();
        let dated = known.dated(request.step);
        json!({
            "request": digest,
            "model": request.model,
            "version": request.version,
            "environment": request.environment,
            "by": request.by,
            "at": dated.at.to_string(),
            "countsAs": dated.counts_as.map(|at| at.to_string()),
            "approvals": approvals,
            "void": void.as_ref().map(reason),
        })
    }
}

fn said((code, said): &Reason) -> String {
    format!("void ({code}): {}", text::printable(said))
}

fn reason((code, said): &Reason) -> Value {
    json!({ "code": code, "reason": said })
}
