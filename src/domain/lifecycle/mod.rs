//! The lifecycle that every command shares: states, actions, the table between them, and the
//! standing of an asset at an instant.

mod action;
mod standing;
mod state;
mod transitions;

pub use action::Action;
pub use standing::{Cause, ContextLink, Facts, Standing, Verdict, World, standing_of};
pub use state::{Ended, State};
pub use transitions::{Plan, Reason, Refusal, Request, TRANSITIONS, Transition, Who, next};

#[cfg(test)]
mod tests;
