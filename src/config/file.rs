//! The reader of driftline.toml.

use std::sync::Arc;

use crate::arn::AccountId;
use crate::catalog::{Override, Profile};
use crate::text::{Diagnostic, Document, Item, Key, Sink, SourceFile, Table};

use super::targets::{RegionSelection, RoleName};
use super::{Config, LimitSettings, ScanSettings, TargetSettings};

/// Reads the file: what is right of it, and every mistake.
pub fn read(file: Arc<SourceFile>) -> (Config, Vec<Diagnostic>) {
    let sink = Sink::default();
    let document = Document::parse(file, &sink);
    let root = document.table(&sink);
    if let Some(schema) = root.get("schema")
        && schema.integer().is_some_and(|version| version != 1)
    {
        schema.push(schema.error("this version of driftline reads `schema = 1`"));
    }
    let mut config = Config::default();
    if let Some(table) = root.table("targets") {
        config.targets = targets(table);
    }
    if let Some(table) = root.table("role") {
        role(table, &mut config.targets);
    }
    if let Some(table) = root.table("aws") {
        config.profile = text(&table, "profile");
        table.finish();
    }
    if let Some(table) = root.table("scan") {
        config.scan = scan(table);
    }
    if let Some(table) = root.table("limits") {
        config.limits = limits(table);
    }
    if let Some(table) = root.table("checks") {
        config.checks = Override::read_all(&table);
    }
    if let Some(table) = root.table("profiles") {
        config.profiles = profiles(&table);
    }
    root.finish();
    drop(document);
    (config, sink.into_sorted())
}

fn text(table: &Table<'_>, key: &'static str) -> Option<String> {
    table.get(key).and_then(Item::text).map(str::to_owned)
}

/// The strings of an array, each held to be valid.
fn valid(table: &Table<'_>, key: &'static str, check: impl Fn(&str) -> Result<(), String>) -> Vec<String> {
    let items = table.array(key).unwrap_or_default();
    let texts = items.into_iter().filter_map(|item| {
        let text = item.string()?;
        match check(text) {
            Ok(()) => Some(text.to_owned()),
            Err(message) => {
                item.push(item.error(message));
                None
            }
        }
    });
    texts.collect()
}

fn account(text: &str) -> Result<(), String> {
    text.parse::<AccountId>().map(drop).map_err(|error| error.to_string())
}

fn region_glob(text: &str) -> Result<(), String> {
    RegionSelection::new(&[text.to_owned()], &[]).map(drop)
}

fn targets(table: Table<'_>) -> TargetSettings {
    let settings = TargetSettings {
        organization: table.boolean("organization"),
        accounts: valid(&table, "accounts", account),
        exclude_accounts: valid(&table, "exclude_accounts", account),
        organizational_units: valid(&table, "organizational_units", |text| {
            let known = text.starts_with("ou-") || text.starts_with("r-");
            known.then_some(()).ok_or_else(|| {
                format!("`{text}` is not the id of an organizational unit or a root: `ou-...` or `r-...` is wanted")
            })
        }),
        account_tags: table
            .table("account_tags")
            .map(|tags| {
                tags.entries()
                    .into_iter()
                    .filter_map(|(key, item)| Some((key.name.to_owned(), item.string()?.to_owned())))
                    .collect()
            })
            .unwrap_or_default(),
        regions: valid(&table, "regions", region_glob),
        exclude_regions: valid(&table, "exclude_regions", region_glob),
        ..TargetSettings::default()
    };
    if settings.organization == Some(true)
        && let Some(accounts) = table.get("accounts")
    {
        accounts.push(
            accounts
                .error("`accounts` and `organization = true` are two answers to one question")
                .help("leave one out"),
        );
    }
    table.finish();
    settings
}

fn role(table: Table<'_>, settings: &mut TargetSettings) {
    let known = |item: Item<'_>| -> Option<String> {
        let text = item.string()?;
        match RoleName::parse(text) {
            Ok(_) => Some(text.to_owned()),
            Err(message) => {
                item.push(item.error(message));
                None
            }
        }
    };
    settings.role = table.require("name").and_then(known);
    settings.role_via =
        valid(&table, "via", |text| text.parse::<crate::arn::Arn>().map(drop).map_err(|error| error.to_string()));
    settings.external_id = text(&table, "external_id");
    settings.session_name = text(&table, "session_name");
    settings.duration_seconds = table
        .get("duration_seconds")
        .and_then(|item| item.integer_in(900..=43_200))
        .and_then(|n| i32::try_from(n).ok());
    table.finish();
}

fn scan(table: Table<'_>) -> ScanSettings {
    let settings = ScanSettings {
        checks: table.strings("checks"),
        exclude_checks: table.strings("exclude_checks"),
        check_profiles: table.strings("check_profiles"),
        frameworks: table.strings("frameworks"),
        tags: table.strings("tags"),
        check_directories: table.strings("check_directories"),
        baselines: table.strings("baselines"),
        fail_on: table.get("fail_on").and_then(Item::parsed),
        on_unknown: table.get("on_unknown").and_then(Item::parsed),
    };
    table.finish();
    settings
}

fn limits(table: Table<'_>) -> LimitSettings {
    fn number<T: TryFrom<i64>>(table: &Table<'_>, key: &'static str, most: i64) -> Option<T> {
        table.get(key)?.integer_in(1..=most).and_then(|n| T::try_from(n).ok())
    }
    let settings = LimitSettings {
        max_in_flight: number(&table, "max_in_flight", 10_000),
        max_in_flight_per_account: number(&table, "max_in_flight_per_account", 1_000),
        max_accounts: number(&table, "max_accounts", 1_000),
        max_attempts: number(&table, "max_attempts", 100),
        attempt_timeout_seconds: number(&table, "attempt_timeout_seconds", 3_600),
        call_timeout_seconds: number(&table, "call_timeout_seconds", 86_400),
        politeness: table.get("politeness").and_then(|item| item.number_in(0.1..=1.0)),
    };
    table.finish();
    settings
}

fn profiles(table: &Table<'_>) -> Vec<Profile> {
    let one = |(key, item): (Key<'_>, Item<'_>)| {
        let table = item.table()?;
        let profile = Profile::read(key.name.to_owned(), key.span, &table);
        table.finish();
        profile
    };
    table.entries().into_iter().filter_map(one).collect()
}
