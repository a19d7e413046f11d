//! Runs: which command changed the catalog, and who was behind it.

use rusqlite::{Transaction, named_params};
use serde_json::json;

use super::audit::Log;
use super::error::Result;
use super::open::Catalog;
use crate::domain::actor::Actor;
use crate::domain::plan::PlanId;
use crate::domain::time::Timestamp;

/// Who writes through a catalog handle, and on whose behalf. Every audit entry carries it.
#[derive(Debug, Clone)]
pub struct Session {
    pub actor: Actor,
    /// The command as one could type it.
    pub command: String,
    /// The command's one instant.
    pub now: Timestamp,
    /// A fresh identifier, unique for ever.
    pub run: String,
    /// What the policy hashed to when the command decided.
    pub policy_hash: String,
    /// The run has its row in the catalog.
    pub begun: bool,
    /// The saved plan that is being carried out.
    pub plan: Option<PlanId>,
}

impl Session {
    /// The actor as one text for the audit log: account, stated person, job and host.
    pub(super) fn actor_text(&self) -> String {
        let Actor { os_user, person, job, host } = &self.actor;
        let mut text = os_user.clone();
        if let Some(person) = person {
            text = format!("{person} ({text})");
        }
        if let Some(job) = job {
            text = format!("job {job} of {text}");
        }
        format!("{text} at {host}")
    }
}

/// Writes the run's row and its first audit entry, once, with the first change of the session.
pub(super) fn begin_run(tx: &Transaction<'_>, session: &Session, log: &mut Log<'_>) -> Result<()> {
    if session.begun {
        return Ok(());
    }
    tx.execute(
        "INSERT INTO run (id, command, actor, started_ms)
         VALUES (:id, :command, :actor, :started)",
        named_params! {
            ":id": session.run,
            ":command": session.command,
            ":actor": session.actor_text(),
            ":started": session.now.millis(),
        },
    )?;
    let payload = json!({
        "command": session.command,
        "host": session.actor.host,
        "now": session.now.to_string(),
        "policy": session.policy_hash,
        "version": env!("CARGO_PKG_VERSION"),
    });
    log.append(tx, "run.begin", super::audit::About::default(), &payload)
}

impl Catalog {
    /// Who writes through this handle, as the audit log names them; `None` for a reader.
    pub fn writer(&self) -> Option<String> {
        self.session.as_ref().map(Session::actor_text)
    }

    /// Makes `now` the instant of the session, unless it has changed something already. Tells which.
    pub fn begin_later(&mut self, now: Timestamp) -> bool {
        let waiting = self.session.as_mut().filter(|session| !session.begun);
        waiting.map(|session| session.now = now).is_some()
    }

    /// Records how the command ended, if it changed anything. Returns the log's length and head.
    pub fn finish_run(&mut self, number: u8) -> Result<Option<(u64, String)>> {
        let begun = self.session.as_ref().is_some_and(|session| session.begun);
        if !begun {
            return Ok(None);
        }
        // How a run ended is true whoever's turn it is.
        self.leave_epoch();
        self.write(|tx, session, log| {
            tx.execute(
                "UPDATE run SET finished_ms = :finished, exit_code = :code WHERE id = :id",
                named_params! {
                    ":finished": session.now.millis(), ":code": number, ":id": session.run,
                },
            )?;
            let about = super::audit::About::default();
            log.append(tx, "run.end", about, &json!({ "exit": number }))
        })?;
        self.audit_head().map(Some)
    }
}
