//! `driftline baseline record`: a draft of what a snapshot holds.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;

use crate::arn::Scope;
use crate::baseline::{self, Said};
use crate::cli::BaselineRecordArgs;
use crate::drift::{self, Side};
use crate::model::Model;
use crate::resource::ResourceType;
use crate::text::did_you_mean;

use super::foreign;
use crate::run::{Stop, by_account, exit, files};

pub(super) fn run(args: &BaselineRecordArgs) -> Result<u8, Stop> {
    let types = types(&args.types)?;
    if let Some(path) = &args.output {
        files::check_writable(path)?;
    }
    let snapshot = files::open_snapshot(&args.snapshot)?;
    let damaged = |error| files::unusable(&args.snapshot, &error);
    let survey = by_account::survey(&snapshot).map_err(damaged)?;
    let surroundings = Arc::new(survey.surroundings);
    let foreign = foreign(&snapshot).map_err(damaged)?;
    let is_wanted = |scope: &Scope| {
        let region = &scope.region;
        (args.accounts.is_empty() || args.accounts.contains(&scope.account))
            && (args.regions.is_empty() || region.is_global() || args.regions.contains(region))
    };
    let scopes: Vec<&Scope> = surroundings.ledger.scopes().filter(|scope| is_wanted(scope)).collect();
    let accounts: BTreeSet<String> = scopes.iter().map(|scope| scope.account.to_string()).collect();
    let regional = scopes.iter().filter(|scope| !scope.region.is_global());
    let regions: BTreeSet<String> = regional.map(|scope| scope.region.to_string()).collect();
    if accounts.is_empty() {
        return Err(Stop::usage("nothing of the snapshot is selected"));
    }
    let said = Said { account: accounts.len() == 1, region: regions.len() <= 1 };
    let name = args.output.as_deref().and_then(|path| path.file_stem()).map(|name| name.to_string_lossy().into_owned());
    let taken = snapshot.provenance().taken_at;
    let mut text = format!(
        "# A draft of what driftline saw on {taken}. Read it, take out what nobody has to be asked about,\n\
         # and give address blocks names in [sets].\n"
    );
    text.push_str(&baseline::head(name.as_deref().unwrap_or("recorded"), &accounts, &regions, &types));
    for account in snapshot.accounts().filter(|account| accounts.contains(account.as_str())) {
        let part = snapshot.load(&account).map_err(damaged)?.inventory;
        let inventory = part.over(account.clone(), Arc::clone(&surroundings));
        let names = drift::names_of(&inventory, Arc::clone(&foreign));
        let (side, model) = (Side::new(&inventory, names), Model::new(&inventory, taken));
        text.push_str(&baseline::entries(&model, &side, &types, said, &is_wanted));
    }
    match &args.output {
        Some(path) => files::write_whole(path, |out| out.write_all(text.as_bytes()))?,
        None => std::io::stdout().lock().write_all(text.as_bytes())?,
    }
    Ok(exit::CLEAN)
}

fn types(names: &[String]) -> Result<Vec<ResourceType>, Stop> {
    if names.is_empty() {
        return Ok(baseline::TYPES.to_vec());
    }
    let one = |name: &String| {
        ResourceType::ALL.iter().find(|of| of.name() == name).copied().ok_or_else(|| {
            let near = did_you_mean(name, ResourceType::ALL.iter().map(|of| of.name()));
            let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            Stop::usage(format!("`{name}` is not a type of resource that driftline reads{near}"))
        })
    };
    names.iter().map(one).collect()
}
