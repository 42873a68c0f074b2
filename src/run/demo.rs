//! `driftline demo`: a simulated organization on loopback, and a real scan of it.

use driftline_sim::{Faults, Organization};

use crate::cli::{DemoArgs, GlobalArgs};
use crate::collect::{Environment, Limits};
use crate::config::targets::{AccountSelection, RoleName, RoleSettings, Targets};

use super::settings::Settings;
use super::{Stop, collect, judge, terminal};

pub(super) fn run(global: &GlobalArgs, args: &DemoArgs) -> Result<u8, Stop> {
    // The demo shows driftline as it comes: the user's own settings are for the user's own accounts.
    let settings = Settings::none();
    let catalog = settings.catalog(global, &args.judge.selection)?;
    judge::check_destinations(&args.judge)?;
    let keep = match &args.save_snapshot {
        Some(path) => collect::Keep::At { path, resume: false },
        None => collect::Keep::Nowhere,
    };
    let runtime = collect::runtime()?;
    let collected = runtime.block_on(async {
        let organization = Organization::default();
        let (access_key_id, secret_access_key) = organization.operator_credentials();
        let role = RoleSettings {
            external_id: organization.external_id.clone(),
            ..RoleSettings::new(RoleName::Name(organization.audit_role.clone()))
        };
        let faults = Faults::demo(&organization);
        let server = driftline_sim::serve(([127, 0, 0, 1], 0).into(), organization, faults).await;
        let server = server.map_err(|error| Stop::runtime(format!("cannot listen on 127.0.0.1: {error}")))?;
        terminal::note(
            global,
            &format!("a simulated organization answers at {}; no AWS account is touched", server.url()),
        );
        let targets = Targets {
            accounts: AccountSelection::Organization { organizational_units: Vec::new(), tags: Vec::new() },
            role: Some(role),
            ..Targets::default()
        };
        let environment = Environment::Fixed { endpoint: server.url(), access_key_id, secret_access_key };
        // Nobody else calls this endpoint, and it has no rates.
        let limits = Limits { politeness: 1_000.0, ..Limits::default() };
        let collected = collect::collect_on(global, &targets, &environment, limits, &keep).await;
        server.shutdown().await;
        collected
    })?;
    if collected.interrupted {
        return collect::interrupted(global, collected.finished, &keep);
    }
    // The demo has findings on purpose: that it has them is its success.
    let judge = crate::cli::JudgeArgs { exit_zero: true, ..args.judge.clone() };
    judge::collected(global, &settings, &judge, &catalog, collected, args.save_snapshot.as_deref())
}
