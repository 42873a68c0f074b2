use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

/// The report's name for the root user.
pub const ROOT_ROW: &str = "<root_account>";

/// When the account's passwords and keys were last used and changed. AWS makes
/// one every four hours at most, so all ages count to [`CredentialReport::generated_time`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CredentialReport {
    /// None if that is not known: the CSV by itself does not say it.
    pub generated_time: Option<Timestamp>,
    /// By the user's name; the root user's is [`ROOT_ROW`].
    pub rows: BTreeMap<String, CredentialReportRow>,
}

/// One user's row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CredentialReportRow {
    pub arn: Option<String>,
    pub user_creation_time: ReportTime,
    pub password_enabled: ReportFlag,
    pub password_last_used: ReportTime,
    pub password_last_changed: ReportTime,
    pub mfa_active: ReportFlag,
    /// The first and the second slot.
    pub access_keys: [ReportKey; 2],
    /// Signing certificates, in the first and the second slot.
    pub certificates_active: [ReportFlag; 2],
}

/// One of the two keys that a user can have; the report gives no ids.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportKey {
    pub active: ReportFlag,
    pub last_rotated: ReportTime,
    pub last_used_date: ReportTime,
    /// None where the report says `N/A`.
    pub last_used_region: Option<String>,
    pub last_used_service: Option<String>,
}

/// A yes or no of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ReportFlag {
    True,
    False,
    /// As the report says of the root user's password.
    NotSupported,
    /// The report has no such column, or something else in it.
    Unreadable,
}

/// A time of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ReportTime {
    At(Timestamp),
    /// `N/A`: there is no such credential, or the key was never used.
    NotApplicable,
    /// `no_information`: never used, or not since AWS keeps track.
    NoInformation,
    NotSupported,
    /// The report has no such column, or something else in it.
    Unreadable,
}

impl ReportTime {
    pub fn at(self) -> Option<Timestamp> {
        match self {
            ReportTime::At(time) => Some(time),
            _ => None,
        }
    }
}

impl ReportKey {
    /// Whether the slot holds a key, or may hold one. An inactive one may or may not still have its date.
    pub fn exists(&self) -> bool {
        let times = [self.last_rotated, self.last_used_date];
        matches!(self.active, ReportFlag::True | ReportFlag::Unreadable)
            || times.iter().any(|time| matches!(time, ReportTime::At(_) | ReportTime::Unreadable))
    }
}

impl CredentialReportRow {
    fn times(&self) -> impl Iterator<Item = ReportTime> + '_ {
        let keys = self.access_keys.iter().flat_map(|key| [key.last_rotated, key.last_used_date]);
        [self.user_creation_time, self.password_last_used, self.password_last_changed].into_iter().chain(keys)
    }

    pub fn has_keys(&self) -> bool {
        self.access_keys.iter().any(ReportKey::exists)
    }
}

impl FromStr for ReportFlag {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "true" => Ok(ReportFlag::True),
            "false" => Ok(ReportFlag::False),
            "not_supported" => Ok(ReportFlag::NotSupported),
            "unreadable" => Ok(ReportFlag::Unreadable),
            _ => Err(format!("`{text}` is neither `true`, `false` nor `not_supported`")),
        }
    }
}

impl fmt::Display for ReportFlag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ReportFlag::True => "true",
            ReportFlag::False => "false",
            ReportFlag::NotSupported => "not_supported",
            ReportFlag::Unreadable => "unreadable",
        })
    }
}

impl FromStr for ReportTime {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "n/a" => Ok(ReportTime::NotApplicable),
            "no_information" => Ok(ReportTime::NoInformation),
            "not_supported" => Ok(ReportTime::NotSupported),
            "unreadable" => Ok(ReportTime::Unreadable),
            _ => text.parse().map(ReportTime::At).map_err(|_| format!("`{text}` is not a time")),
        }
    }
}

impl fmt::Display for ReportTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReportTime::At(time) => write!(f, "{time}"),
            ReportTime::NotApplicable => f.write_str("N/A"),
            ReportTime::NoInformation => f.write_str("no_information"),
            ReportTime::NotSupported => f.write_str("not_supported"),
            ReportTime::Unreadable => f.write_str("unreadable"),
        }
    }
}

macro_rules! as_text {
    ($($type:ty),*) => {$(
        impl TryFrom<String> for $type {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                text.parse()
            }
        }
        impl From<$type> for String {
            fn from(value: $type) -> String {
                value.to_string()
            }
        }
    )*};
}
as_text!(ReportFlag, ReportTime);

/// What keeps a credential report from being read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    #[error("the credential report has no column `{0}`")]
    MissingColumn(&'static str),
    #[error("the credential report is not CSV: {0}")]
    NotCsv(String),
}

impl CredentialReport {
    /// The time that the report speaks of, if it is known when it was made. A report is never older than what
    /// it reports: moto's says 2015 whatever it holds.
    pub fn as_of(&self) -> Option<Timestamp> {
        let times = self.rows.values().flat_map(CredentialReportRow::times).filter_map(ReportTime::at);
        self.generated_time.map(|generated| times.fold(generated, Timestamp::max))
    }

    /// Reads a report's CSV by its column names; unknown columns are left out. Beside the report come the columns
    /// that are missing, the cells that cannot be read (both are `Unreadable` in their rows) and the rows that are
    /// no rows, each with why.
    ///
    /// # Errors
    /// It is no CSV, or nothing says whose the rows are.
    pub fn parse(
        content: &[u8],
        generated_time: impl Into<Option<Timestamp>>,
    ) -> Result<(CredentialReport, Vec<String>), ReportError> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(content);
        let headers = reader.headers().map_err(|error| ReportError::NotCsv(error.to_string()))?.clone();
        let mut mistakes = Vec::new();
        let columns = Columns::find(&headers, &mut mistakes)?;
        let mut rows = BTreeMap::new();
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    mistakes.push(format!("a row that is not CSV: {error}"));
                    continue;
                }
            };
            let user = record.get(columns.user).unwrap_or_default().to_owned();
            if record.len() != headers.len() || user.is_empty() {
                let (has, wanted) = (record.len(), headers.len());
                mistakes.push(format!("the row of `{user}`: it has {has} cells of {wanted}"));
                continue;
            }
            let row = columns.row(&record, |why| mistakes.push(format!("the row of `{user}`: {why}")));
            if rows.insert(user.clone(), row).is_some() {
                mistakes.push(format!("`{user}` has two rows; the last is kept"));
            }
        }
        Ok((CredentialReport { generated_time: generated_time.into(), rows }, mistakes))
    }
}

/// Where each column stands; none if it is missing.
struct Columns {
    user: usize,
    arn: Option<usize>,
    user_creation_time: Option<usize>,
    password: [Option<usize>; 3],
    mfa_active: Option<usize>,
    keys: [[Option<usize>; 5]; 2],
    certificates: [Option<usize>; 2],
}

impl Columns {
    fn find(headers: &csv::StringRecord, mistakes: &mut Vec<String>) -> Result<Columns, ReportError> {
        let position = |name: &str| headers.iter().position(|header| header.trim() == name);
        let user = position("user").ok_or(ReportError::MissingColumn("user"))?;
        let mut column = |name: &'static str| {
            let found = position(name);
            if found.is_none() {
                mistakes.push(ReportError::MissingColumn(name).to_string());
            }
            found
        };
        Ok(Columns {
            user,
            arn: column("arn"),
            user_creation_time: column("user_creation_time"),
            password: [column("password_enabled"), column("password_last_used"), column("password_last_changed")],
            mfa_active: column("mfa_active"),
            keys: [
                [
                    column("access_key_1_active"),
                    column("access_key_1_last_rotated"),
                    column("access_key_1_last_used_date"),
                    column("access_key_1_last_used_region"),
                    column("access_key_1_last_used_service"),
                ],
                [
                    column("access_key_2_active"),
                    column("access_key_2_last_rotated"),
                    column("access_key_2_last_used_date"),
                    column("access_key_2_last_used_region"),
                    column("access_key_2_last_used_service"),
                ],
            ],
            certificates: [column("cert_1_active"), column("cert_2_active")],
        })
    }

    fn row(&self, record: &csv::StringRecord, mut mistake: impl FnMut(String)) -> CredentialReportRow {
        let cell = |column: Option<usize>| column.and_then(|column| record.get(column)).map(str::trim);
        // One mistake is told once, however many cells have it.
        let mut last = String::new();
        let mut wrong = |why: String| {
            if why != last {
                last.clone_from(&why);
                mistake(why);
            }
        };
        let mut flag = |column: Option<usize>| match cell(column).map(str::parse::<ReportFlag>) {
            Some(Ok(flag)) => flag,
            Some(Err(why)) => {
                wrong(why);
                ReportFlag::Unreadable
            }
            None => ReportFlag::Unreadable,
        };
        let [password_enabled, password_last_used, password_last_changed] = self.password;
        let [first, second] = self.keys;
        let [first_certificate, second_certificate] = self.certificates;
        let password_enabled = flag(password_enabled);
        let mfa_active = flag(self.mfa_active);
        let keys_active = [flag(first[0]), flag(second[0])];
        let certificates_active = [flag(first_certificate), flag(second_certificate)];
        let mut time = |column: Option<usize>| match cell(column).map(str::parse::<ReportTime>) {
            Some(Ok(time)) => time,
            Some(Err(why)) => {
                wrong(why);
                ReportTime::Unreadable
            }
            None => ReportTime::Unreadable,
        };
        let place = |column: Option<usize>| {
            let nowhere = ["n/a", "no_information", "not_supported", ""];
            let text = cell(column)?;
            (!nowhere.contains(&text.to_ascii_lowercase().as_str())).then(|| text.to_owned())
        };
        let mut key = |active, [_, rotated, used, region, service]: [Option<usize>; 5]| ReportKey {
            active,
            last_rotated: time(rotated),
            last_used_date: time(used),
            last_used_region: place(region),
            last_used_service: place(service),
        };
        let access_keys = [key(keys_active[0], first), key(keys_active[1], second)];
        CredentialReportRow {
            arn: cell(self.arn).filter(|arn| !arn.is_empty()).map(str::to_owned),
            user_creation_time: time(self.user_creation_time),
            password_enabled,
            password_last_used: time(password_last_used),
            password_last_changed: time(password_last_changed),
            mfa_active,
            access_keys,
            certificates_active,
        }
    }
}

impl AwsResource for CredentialReport {
    const TYPE: &'static str = "AWS::IAM::CredentialReport";
    const OPERATIONS: &'static [&'static str] = &["iam:GetCredentialReport", "iam:GenerateCredentialReport"];
    const GLOBAL: bool = true;

    fn id(&self) -> &str {
        "credential-report"
    }
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("iam", "credential-report")
    }
}
