//! `driftline policy`: the least that a scan has to be allowed, as an IAM
//! policy, a CloudFormation template or a Terraform file. Asks AWS nothing.
//!
//! *Member*: the role that a scan assumes in each account. *Caller*: whoever
//! runs the scan; reads its own account as itself, lists the organization, and
//! assumes the members' role.

mod actions;
mod cloudformation;
mod terraform;

use std::borrow::Cow;
use std::io::Write;

use serde::Serialize;

use crate::arn::Partition;
use crate::catalog::Catalog;
use crate::cli::{GlobalArgs, PolicyArgs, PolicyExtent, PolicyFormat, PolicyPart};
use crate::config::targets::RoleName;

use super::settings::Settings;
use super::{Stop, exit, terminal};

/// The members' role where neither flag nor file names one.
const ROLE: &str = "DriftlineAudit";

/// What is allowed, and on what.
struct Statement {
    /// Letters and digits, as IAM wants it.
    sid: &'static str,
    /// Sorted.
    actions: Vec<Cow<'static, str>>,
    on: On,
}

/// NOTE: every read is of all resources. What is there to be read is what a scan finds out, and most
/// of the actions know no resource at all.
#[derive(Clone, Copy, PartialEq)]
enum On {
    Everything,
    /// The members' role, in any account.
    MemberRole,
}

/// The members' role: its path, with a slash at both ends, and its name.
struct Role {
    path: String,
    name: String,
}

pub(super) fn run(global: &GlobalArgs, args: &PolicyArgs) -> Result<u8, Stop> {
    let settings = Settings::load(global)?;
    let catalog = settings.catalog(global, &args.selection)?;
    let role = Role::of(args.role.as_deref().or(settings.config.targets.role.as_deref()))?;
    let selection = &args.selection;
    let selects = selection.selects();
    let extent = args.extent.unwrap_or(if selects { PolicyExtent::Checks } else { PolicyExtent::Scan });
    if extent == PolicyExtent::Checks {
        terminal::note(
            global,
            &format!(
                "what {} checks need; a scan asks for everything whichever checks it runs, and reports the rest as \
                 denied, which changes no verdict of these checks and not the exit code",
                catalog.len()
            ),
        );
    }
    let statements = statements(args.part, extent, &catalog);
    let text = match args.format {
        PolicyFormat::Json => document(&statements, args.partition, &role)?,
        PolicyFormat::Cloudformation => cloudformation::template(args.part, &statements, &role),
        PolicyFormat::Terraform => terraform::configuration(args.part, &statements, &role),
    };
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(exit::CLEAN)
}

impl Role {
    fn of(named: Option<&str>) -> Result<Role, Stop> {
        let named = match RoleName::parse(named.unwrap_or(ROLE)).map_err(Stop::usage)? {
            RoleName::Name(name) => name,
            RoleName::Arn(arn) => match arn.resource().strip_prefix("role/") {
                Some(name) => name.to_owned(),
                None => return Err(Stop::usage(format!("`{arn}` is not the ARN of a role"))),
            },
        };
        let (path, name) = match named.rsplit_once('/') {
            Some((path, name)) => (format!("/{path}/"), name.to_owned()),
            None => ("/".to_owned(), named),
        };
        Ok(Role { path, name })
    }

    /// What comes after `:role` in its ARN.
    fn place(&self) -> String {
        format!("{}{}", self.path, self.name)
    }
}

/// One statement for all that is read, sorted by service: with one for each service, the caller's would be longer than
/// a managed policy may be (6,144 characters).
fn statements(part: PolicyPart, extent: PolicyExtent, catalog: &Catalog) -> Vec<Statement> {
    let read = actions::of(part, (extent == PolicyExtent::Checks).then_some(catalog));
    let mut statements = Vec::new();
    if !read.is_empty() {
        statements.push(Statement { sid: "Read", actions: read.into_iter().collect(), on: On::Everything });
    }
    if part == PolicyPart::Caller {
        let actions = vec![Cow::Borrowed(actions::ASSUME)];
        statements.push(Statement { sid: "AssumeMemberRole", actions, on: On::MemberRole });
    }
    statements
}

/// A policy document, in the order in which people read one.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document<'s> {
    version: &'static str,
    statement: Vec<Allow<'s>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Allow<'s> {
    sid: &'s str,
    effect: &'static str,
    action: &'s [Cow<'static, str>],
    resource: String,
}

fn document(statements: &[Statement], partition: Partition, role: &Role) -> Result<String, Stop> {
    let resource = |one: &Statement| match one.on {
        On::Everything => "*".to_owned(),
        On::MemberRole => format!("arn:{partition}:iam::*:role{}", role.place()),
    };
    let statement = statements
        .iter()
        .map(|one| Allow { sid: one.sid, effect: "Allow", action: &one.actions, resource: resource(one) })
        .collect();
    let text = serde_json::to_string_pretty(&Document { version: "2012-10-17", statement });
    text.map(|text| text + "\n").map_err(|error| Stop::runtime(format!("cannot write the policy: {error}")))
}
