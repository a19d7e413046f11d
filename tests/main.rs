//! The one test binary: every capability through the front door.
