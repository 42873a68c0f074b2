//! `driftline iam`: who may do what, as a snapshot's policies say.

mod can;
mod named;

use crate::cli::{IamArgs, IamCommand};

use super::{Stop, exit, files};

pub(super) fn run(args: &IamArgs) -> Result<u8, Stop> {
    match &args.command {
        IamCommand::Can(args) => can::run(args),
    }
}
