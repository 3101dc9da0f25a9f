//! Environments where something runs and to which the policy in force has no door: nothing is moved
//! there before it has one again.

use super::exit_code::ExitCode;
use super::failure::Failure;
use super::in_force::{InForce, put_back};
use super::registry_access::Access;
use crate::registry::event::{EnvironmentName, ModelName};

/// What has to be done before anything is moved in an environment; nothing where there is a door, or
/// none can be told of because no policy can be read.
pub(in crate::cli) fn before_moving(
    access: &Access,
    environment: &EnvironmentName,
) -> Option<String> {
    let in_force = InForce::of(access).ok()?;
    in_force.known_door(environment).is_none().then(|| put_back(environment))
}

/// That what runs in an environment can be moved.
///
/// # Errors
/// [`Failure`] with what has to be done before.
pub(in crate::cli) fn confirm_door(
    access: &Access,
    model: &ModelName,
    environment: &EnvironmentName,
) -> Result<(), Failure> {
    let runs = access.replayed.state().current(model, environment);
    let Some((version, before)) = runs.zip(before_moving(access, environment)) else {
        return Ok(());
    };
    let message = format!(
        "E_STATE: `{model}@{version}` runs in `{environment}`, which the policy in force does not know"
    );
    Err(Failure::new(ExitCode::Refused, message).hint(format!("{before}; then try again")))
}

/// A line for each environment where something runs that cannot be moved.
pub(in crate::cli) fn lines(access: &Access, model: Option<&ModelName>) -> Vec<String> {
    let models = access.replayed.state().models().iter();
    let chosen = models.filter(|(name, _)| model.is_none_or(|model| model == *name));
    let places = chosen.flat_map(|(name, known)| {
        let running = known.environments.iter().filter(|(_, place)| place.current.is_some());
        running.map(move |(environment, _)| (name, environment))
    });
    let line = |(name, environment)| {
        let before = before_moving(access, environment)?;
        Some(format!("no door   {name} in {environment}: nothing is moved there: {before}"))
    };
    places.filter_map(line).collect()
}
