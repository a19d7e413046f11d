//! The rules, one file each, and the list of them.
