//! Which files belong to one asset.
