//! The endpoint as a client sees it: raw requests over loopback.

mod client;
mod faults;
mod paging;
mod protocols;
mod truth;
