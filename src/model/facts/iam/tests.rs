//! Ages and verdict-bearing facts of credentials, on a report whose answers are known.

use jiff::Timestamp;

use crate::arn::{Partition, Region, Scope};
use crate::inventory::{Cell, Gap, Inventory, Outcome, Provenance, Reason};
use crate::model::{Model, facts};
use crate::resource::iam::{
    AccessKey, AccessKeyLastUsed, AccountSummary, CredentialReport, ReportError, ReportKey, ReportTime, User,
};
use crate::resource::{Resource, ResourceType};

/// Three rows in the manner of a real report, of which two columns are of no interest.
const REPORT: &str = "\
user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated,added_later
<root_account>,arn:aws:iam::111122223333:root,2018-08-12T17:20:55+00:00,not_supported,2019-03-03T16:58:16+00:00,not_supported,not_supported,true,true,2018-11-23T16:01:14+00:00,2018-11-27T00:02:00+00:00,us-east-1,ecr,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A,x
robot,arn:aws:iam::111122223333:user/robot,2019-05-07T15:35:54+00:00,false,N/A,N/A,N/A,false,true,2019-05-07T15:35:55+00:00,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A,x
user,arn:aws:iam::111122223333:user/user,2018-05-07T15:35:54+00:00,TRUE,no_information,2018-05-07T15:35:54+00:00,N/A,false,true,2019-05-07T15:35:55+00:00,N/A,N/A,N/A,true,2018-05-07T15:35:54+00:00,2018-05-07T15:35:54+00:00,us-east-1,s3,true,N/A,false,N/A,x
";

const GENERATED: &str = "2019-05-07T15:40:22Z";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn scope() -> Scope {
    Scope { partition: Partition::Aws, account: "111122223333".parse().unwrap(), region: Region::global() }
}

fn report(text: &str) -> CredentialReport {
    CredentialReport::parse(text.as_bytes(), time(GENERATED)).unwrap().0
}

fn user(name: &str) -> User {
    let arn = format!("arn:aws:iam::111122223333:user/{name}");
    serde_json::from_value(serde_json::json!({ "UserName": name, "Arn": arn })).unwrap()
}

fn key(id: &str, user: &str, slot: &ReportKey) -> AccessKey {
    AccessKey {
        access_key_id: id.to_owned(),
        user_name: user.to_owned(),
        status: "Active".to_owned(),
        create_date: slot.last_rotated.at(),
        last_used: Some(AccessKeyLastUsed { date: slot.last_used_date, region: None, service_name: None }),
    }
}

/// An account whose IAM was read whole, some years after the report was made.
fn inventory(report: Option<CredentialReport>) -> Inventory {
    let mut inventory = Inventory::new(Provenance {
        tool_version: String::new(),
        taken_at: time("2026-01-01T00:00:00Z"),
        caller: None,
        source: String::new(),
        is_import: false,
    });
    for operation in ["iam:GetAccountAuthorizationDetails", "iam:ListAccessKeys", "iam:GetAccountSummary"] {
        record(&mut inventory, operation, Outcome::Complete);
    }
    inventory.insert(scope(), user("robot").into());
    inventory.insert(scope(), user("user").into());
    inventory.insert(scope(), user("late").into());
    match report {
        Some(report) => {
            record(&mut inventory, "iam:GetCredentialReport", Outcome::Complete);
            for (id, name, slot) in [("R1", "robot", 0), ("U1", "user", 0), ("U2", "user", 1)] {
                inventory.insert(scope(), key(id, name, &report.rows[name].access_keys[slot]).into());
            }
            inventory.insert(scope(), report.into());
        }
        None => {
            let gap = Gap { reason: Reason::TimedOut, message: "not in time".to_owned(), partial: false };
            record(&mut inventory, "iam:GetCredentialReport", Outcome::Gap(gap));
        }
    }
    inventory
}

fn record(inventory: &mut Inventory, operation: &str, outcome: Outcome) {
    inventory.ledger.record(Cell { scope: scope(), operation: operation.to_owned() }, outcome);
}

/// A fact as evidence shows it.
fn fact(model: &Model<'_>, of: ResourceType, id: &str, name: &str) -> String {
    let index = facts::table(of).iter().position(|field| field.name == name).unwrap();
    let (scope, subject) = model.subjects(of).find(|(_, subject)| subject.id() == id).unwrap();
    facts::value(model, scope, subject, index).to_string()
}

fn check(model: &Model<'_>, of: ResourceType, id: &str, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        assert_eq!(fact(model, of, id, name), *value, "{name} of {id}");
    }
}

#[test]
fn ages_count_to_the_reports_time_and_never_to_the_clock() {
    let inventory = inventory(Some(report(REPORT)));
    let model = Model::new(&inventory, inventory.provenance.taken_at);
    check(
        &model,
        ResourceType::Account,
        "111122223333",
        &[("root_has_active_access_key", "true"), ("root_last_used_days", "64"), ("root_mfa_active", "true")],
    );
    // A rotation in progress: no finding yet.
    check(
        &model,
        ResourceType::AccessKey,
        "R1",
        &[("age_days", "0"), ("never_used", "true"), ("idle_days", "none"), ("active_sibling_age_days", "none")],
    );
    check(&model, ResourceType::AccessKey, "U1", &[("never_used", "true"), ("active_sibling_age_days", "365")]);
    check(&model, ResourceType::AccessKey, "U2", &[("never_used", "false"), ("idle_days", "365"), ("age_days", "365")]);
    check(
        &model,
        ResourceType::User,
        "user",
        &[
            ("password_enabled", "true"),
            ("mfa_active", "false"),
            ("password_last_used_days", "none"),
            ("console_idle_days", "365"),
            ("active_key_count", "2"),
            ("newest_active_key_age_days", "0"),
            ("signing_certificate_active", "true"),
        ],
    );
    check(&model, ResourceType::User, "robot", &[("password_age_days", "none"), ("console_idle_days", "none")]);
}

#[test]
fn a_forced_time_makes_the_same_key_never_used_for_years() {
    let inventory = inventory(Some(report(REPORT)));
    let model = Model::new(&inventory, time("2026-01-02T00:00:00Z"));
    check(&model, ResourceType::AccessKey, "R1", &[("age_days", "2431"), ("never_used", "true")]);
}

#[test]
fn a_user_younger_than_the_report_is_unknown() {
    let inventory = inventory(Some(report(REPORT)));
    let model = Model::new(&inventory, inventory.provenance.taken_at);
    let why = "unknown (the credential report of 2019-05-07T15:40:22Z does not have `late`)";
    check(
        &model,
        ResourceType::User,
        "late",
        &[("is_in_report", "false"), ("password_enabled", why), ("console_idle_days", why), ("active_key_count", "0")],
    );
}

#[test]
fn without_a_report_uses_are_unknown_and_the_cell_says_why() {
    let inventory = inventory(None);
    let model = Model::new(&inventory, inventory.provenance.taken_at);
    let why = "unknown (iam:GetCredentialReport TimedOut: not in time)";
    check(&model, ResourceType::User, "user", &[("password_enabled", why), ("mfa_active", why), ("is_in_report", why)]);
    check(&model, ResourceType::Account, "111122223333", &[("root_last_used_days", why)]);
}

#[test]
fn the_summary_speaks_for_a_root_user_that_the_report_lacks() {
    let mut inventory = inventory(None);
    let summary = |mfa: i32, keys: i32, password: Option<i32>| AccountSummary {
        account_mfa_enabled: Some(mfa),
        account_access_keys_present: Some(keys),
        account_password_present: password,
        account_signing_certificates_present: None,
        users: None,
        groups: None,
        roles: None,
        policies: None,
    };
    inventory.insert(scope(), summary(0, 0, Some(1)).into());
    let model = Model::new(&inventory, inventory.provenance.taken_at);
    let account = |model: &Model<'_>, name: &str| fact(model, ResourceType::Account, "111122223333", name);
    assert_eq!(account(&model, "root_mfa_active"), "false");
    assert_eq!(account(&model, "root_has_active_access_key"), "false");
    assert_eq!(account(&model, "root_has_credentials"), "true");
    drop(model);
    // Keys of an unknown state are not "no active key".
    inventory.insert(scope(), summary(1, 1, None).into());
    let model = Model::new(&inventory, inventory.provenance.taken_at);
    assert!(account(&model, "root_has_active_access_key").starts_with("unknown"));
    assert_eq!(account(&model, "root_has_credentials"), "true");
}

#[test]
fn a_column_that_is_missing_and_a_cell_that_cannot_be_read_are_unknown_by_themselves() {
    let without = REPORT.replacen("mfa_active", "mfa", 1);
    let (report, mistakes) = CredentialReport::parse(without.as_bytes(), time(GENERATED)).unwrap();
    assert_eq!(mistakes, ["the credential report has no column `mfa_active`"]);
    let whole = inventory(Some(report));
    let model = Model::new(&whole, whole.provenance.taken_at);
    let why = "unknown (the credential report has no such column, or something else in it)";
    check(&model, ResourceType::User, "user", &[("mfa_active", why), ("password_enabled", "true")]);
    drop(model);
    let (report, mistakes) =
        CredentialReport::parse(REPORT.replace("TRUE", "maybe").as_bytes(), time(GENERATED)).unwrap();
    assert_eq!(mistakes, ["the row of `user`: `maybe` is neither `true`, `false` nor `not_supported`"]);
    let whole = inventory(Some(report));
    let model = Model::new(&whole, whole.provenance.taken_at);
    check(&model, ResourceType::User, "user", &[("mfa_active", "false"), ("console_idle_days", why)]);
    check(&model, ResourceType::User, "robot", &[("password_enabled", "false")]);
}

#[test]
fn a_report_that_does_not_say_whose_its_rows_are_is_none_and_a_row_that_is_cut_is_left_out() {
    let without = REPORT.replacen("user,arn", "name,arn", 1);
    let error = CredentialReport::parse(without.as_bytes(), time(GENERATED)).unwrap_err();
    assert_eq!(error, ReportError::MissingColumn("user"));
    let cut = &REPORT[..REPORT.len() - 20];
    let (report, mistakes) = CredentialReport::parse(cut.as_bytes(), time(GENERATED)).unwrap();
    assert_eq!(report.rows.keys().collect::<Vec<_>>(), ["<root_account>", "robot"]);
    assert_eq!(mistakes.len(), 1, "{mistakes:?}");
}

#[test]
fn without_the_time_of_the_report_its_flags_are_known_and_its_ages_are_not() {
    let (report, _) = CredentialReport::parse(REPORT.as_bytes(), None).unwrap();
    let inventory = inventory(Some(report));
    let model = Model::new(&inventory, inventory.provenance.taken_at);
    let known = &[("password_enabled", "true"), ("mfa_active", "false"), ("active_key_count", "2")];
    check(&model, ResourceType::User, "user", known);
    let age = |model: &Model<'_>| fact(model, ResourceType::User, "user", "console_idle_days");
    assert!(age(&model).starts_with("unknown (nothing says when the credential report was made"), "{}", age(&model));
    // A time that the user forces is one.
    let forced = Model::new(&inventory, time("2019-05-07T15:40:22Z"));
    assert_eq!(age(&forced), "365");
}

#[test]
fn the_kinds_of_no_time_stay_apart() {
    for text in ["N/A", "no_information", "not_supported", "2019-05-07T15:40:22Z", "unreadable"] {
        let time: ReportTime = text.parse().unwrap();
        assert_eq!(time.to_string(), text);
        assert_eq!(text.to_uppercase().parse::<ReportTime>().ok(), Some(time));
    }
}

/// moto's reports all say 2015.
#[test]
fn a_report_is_never_older_than_what_it_reports() {
    let (report, _) = CredentialReport::parse(REPORT.as_bytes(), time("2015-02-02T20:02:02Z")).unwrap();
    assert_eq!(report.as_of(), Some(time("2019-05-07T15:35:55Z")));
}

#[test]
fn a_snapshot_keeps_a_report() {
    let report = report(REPORT);
    let resource = Resource::from(report.clone());
    let again =
        Resource::deserialize_as(ResourceType::CredentialReport, serde_json::to_value(&resource).unwrap()).unwrap();
    assert_eq!(again, resource);
}
