//! Facts of S3: buckets, access points, and the account's block over all of them.

mod access_point;
mod bucket;

#[cfg(test)]
mod tests;

use crate::inventory::Missing;
use crate::model::{Context, Value};
use crate::resource::s3::{AccountPublicAccessBlock, BlockFlag, PublicAccessBlock};

pub(super) use bucket::{is_public, logs_access, mfa_delete};

pub(super) const ACCOUNT_BLOCK: &str = "s3control:GetPublicAccessBlock";

/// Whether a flag is on; one that the answer leaves out is not known.
fn is_on(block: &PublicAccessBlock, flag: BlockFlag) -> Result<bool, Missing> {
    block.flag(flag).ok_or_else(|| Missing::because(format!("the answer does not give {}", flag.as_str())))
}

/// The names of the flags that are off.
fn unblocked(is_on: impl Fn(BlockFlag) -> Result<bool, Missing>) -> Value {
    let mut off = Vec::new();
    for flag in BlockFlag::ALL {
        match is_on(flag) {
            Ok(true) => {}
            Ok(false) => off.push(flag.as_str().to_owned()),
            Err(missing) => return Value::Unknown(missing),
        }
    }
    off.into()
}

impl Context<'_> {
    /// Whether the account's own block has a flag on.
    ///
    /// # Errors
    /// It was not read.
    fn account_blocks(&self, flag: BlockFlag) -> Result<bool, Missing> {
        let place = self.scope.account_wide();
        match self.model.inventory.get::<AccountPublicAccessBlock>(&place, place.account.as_str()) {
            Some(block) => is_on(&block.public_access_block_configuration, flag),
            None => {
                self.require_in(&place, ACCOUNT_BLOCK)?;
                Err(Missing::because(format!("{ACCOUNT_BLOCK} gave nothing of account {}", place.account)))
            }
        }
    }

    /// Whether a flag is on, in the account or in the resource's own block.
    ///
    /// # Errors
    /// It is not known to be on, and might be.
    fn blocks(&self, own: Option<&PublicAccessBlock>, operation: &str, flag: BlockFlag) -> Result<bool, Missing> {
        let own = match own {
            Some(block) => is_on(block, flag),
            None => self.require(operation).and_then(|()| Err(Missing::because(format!("{operation} gave no block")))),
        };
        match (own, self.account_blocks(flag)) {
            (Ok(true), _) | (_, Ok(true)) => Ok(true),
            (Ok(false), Ok(false)) => Ok(false),
            (Err(a), Err(b)) => Err(a.and(&b)),
            (Err(missing), _) | (_, Err(missing)) => Err(missing),
        }
    }
}
