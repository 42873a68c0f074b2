//! Sets of packets, held against a second, naive implementation, and what is said of them.

mod examples;
