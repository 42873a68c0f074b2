//! `driftline iam`: who may do what, as a snapshot's policies say.

mod can;
pub(super) mod named;
pub(super) mod organization;
pub(super) mod ways;

use crate::cli::{IamArgs, IamCommand};

use super::{Stop, exit, files};

pub(super) fn run(args: &IamArgs) -> Result<u8, Stop> {
    match &args.command {
        IamCommand::Can(args) => can::run(args),
        IamCommand::Admins(args) => super::escalation::admins(args),
        IamCommand::Paths(args) => super::escalation::paths(args),
    }
}
