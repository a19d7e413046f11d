//! References: where a site uses its attachments, as sources of many kinds tell it.

mod addresses;
mod blocks;
mod escapes;
mod keys;
mod marks;
mod mention;
mod site;
mod values;

pub use site::{Site, host_of, same_host};
