//! Organizations and Account Management: the organization as one of its
//! accounts sees it, its tree and policies, and whom AWS writes to.
//!
//! Types that describe the whole organization are asked for in the caller's
//! account alone ([`AwsResource::ORGANIZATION`](crate::resource::AwsResource::ORGANIZATION)).

mod account;
mod contact;
mod delegated_administrator;
mod organization;
mod policy;
mod unit;

pub use account::OrganizationAccount;
pub use contact::{AlternateContact, ContactInformation};
pub use delegated_administrator::{DelegatedAdministrator, DelegatedService};
pub use organization::{Organization, PolicyTypeSummary};
pub use policy::{OrganizationPolicy, PolicyTarget};
pub use unit::{OrganizationRoot, OrganizationalUnit};
