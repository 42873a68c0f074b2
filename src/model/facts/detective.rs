//! Facts of these types.
