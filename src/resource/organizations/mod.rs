//! Organizations, and what the account says of itself.
