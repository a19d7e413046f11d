//! Writing to a catalog beside the command line, as one run of olga's.

use shelflife::catalog::{Catalog, Session};
use shelflife::domain::actor::Actor;
use shelflife::domain::time::Timestamp;

use super::TestLibrary;

/// A run of its own.
pub(crate) fn session(now: Timestamp, command: &str) -> Session {
    Session {
        actor: Actor {
            os_user: "olga".to_owned(),
            person: None,
            job: None,
            host: "desk".to_owned(),
        },
        command: command.to_owned(),
        now,
        run: uuid::Uuid::now_v7().simple().to_string(),
        policy_hash: String::new(),
        begun: false,
        plan: None,
    }
}

impl TestLibrary {
    /// The catalog of a library that keeps it in `state`, for the changes of a run of its own.
    pub(crate) fn open_to_write(&self) -> Catalog {
        let session = session(self.now(), "test");
        Catalog::open_to_write(&self.path("state/catalog.db"), session).unwrap()
    }
}
