//! A simulated AWS endpoint.
