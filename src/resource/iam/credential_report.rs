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
    pub generated_time: Timestamp,
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
    /// Whether the slot holds a key. An inactive one may or may not still have its date.
    pub fn exists(&self) -> bool {
        self.active == ReportFlag::True || self.last_rotated.at().is_some() || self.last_used_date.at().is_some()
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
        })
    }
}

impl FromStr for ReportTime {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "N/A" => Ok(ReportTime::NotApplicable),
            "no_information" => Ok(ReportTime::NoInformation),
            "not_supported" => Ok(ReportTime::NotSupported),
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
    /// The time that the report speaks of. A report is never older than what
    /// it reports: moto's says 2015 whatever it holds.
    pub fn as_of(&self) -> Timestamp {
        let times = self.rows.values().flat_map(CredentialReportRow::times).filter_map(ReportTime::at);
        times.fold(self.generated_time, Timestamp::max)
    }

    /// Reads a report's CSV by its column names; unknown columns are left out.
    /// Beside the report come the rows that could not be read, each with why.
    ///
    /// # Errors
    /// It is no CSV, or a column is missing.
    pub fn parse(content: &[u8], generated_time: Timestamp) -> Result<(CredentialReport, Vec<String>), ReportError> {
        let mut reader = csv::Reader::from_reader(content);
        let headers = reader.headers().map_err(|error| ReportError::NotCsv(error.to_string()))?.clone();
        let column = |name: &'static str| {
            headers.iter().position(|header| header == name).ok_or(ReportError::MissingColumn(name))
        };
        let columns = Columns::find(column)?;
        let (mut rows, mut mistakes) = (BTreeMap::new(), Vec::new());
        for record in reader.records() {
            let record = record.map_err(|error| ReportError::NotCsv(error.to_string()))?;
            let user = record.get(columns.user).unwrap_or_default().to_owned();
            match columns.row(&record) {
                Ok(row) => {
                    rows.insert(user, row);
                }
                Err(why) => mistakes.push(format!("the row of `{user}`: {why}")),
            }
        }
        Ok((CredentialReport { generated_time, rows }, mistakes))
    }
}

/// Where each column stands.
struct Columns {
    user: usize,
    arn: usize,
    user_creation_time: usize,
    password: [usize; 3],
    mfa_active: usize,
    keys: [[usize; 5]; 2],
    certificates: [usize; 2],
}

impl Columns {
    fn find(column: impl Fn(&'static str) -> Result<usize, ReportError>) -> Result<Columns, ReportError> {
        Ok(Columns {
            user: column("user")?,
            arn: column("arn")?,
            user_creation_time: column("user_creation_time")?,
            password: [column("password_enabled")?, column("password_last_used")?, column("password_last_changed")?],
            mfa_active: column("mfa_active")?,
            keys: [
                [
                    column("access_key_1_active")?,
                    column("access_key_1_last_rotated")?,
                    column("access_key_1_last_used_date")?,
                    column("access_key_1_last_used_region")?,
                    column("access_key_1_last_used_service")?,
                ],
                [
                    column("access_key_2_active")?,
                    column("access_key_2_last_rotated")?,
                    column("access_key_2_last_used_date")?,
                    column("access_key_2_last_used_region")?,
                    column("access_key_2_last_used_service")?,
                ],
            ],
            certificates: [column("cert_1_active")?, column("cert_2_active")?],
        })
    }

    fn row(&self, record: &csv::StringRecord) -> Result<CredentialReportRow, String> {
        let cell = |column: usize| record.get(column).unwrap_or_default();
        let flag = |column: usize| cell(column).parse::<ReportFlag>();
        let time = |column: usize| cell(column).parse::<ReportTime>();
        let place = |column: usize| match cell(column) {
            "N/A" | "no_information" | "not_supported" | "" => None,
            text => Some(text.to_owned()),
        };
        let key = |[active, rotated, used, region, service]: [usize; 5]| {
            Ok::<_, String>(ReportKey {
                active: flag(active)?,
                last_rotated: time(rotated)?,
                last_used_date: time(used)?,
                last_used_region: place(region),
                last_used_service: place(service),
            })
        };
        let [password_enabled, password_last_used, password_last_changed] = self.password;
        let [first, second] = self.keys;
        let [first_certificate, second_certificate] = self.certificates;
        Ok(CredentialReportRow {
            arn: Some(cell(self.arn).to_owned()).filter(|arn| !arn.is_empty()),
            user_creation_time: time(self.user_creation_time)?,
            password_enabled: flag(password_enabled)?,
            password_last_used: time(password_last_used)?,
            password_last_changed: time(password_last_changed)?,
            mfa_active: flag(self.mfa_active)?,
            access_keys: [key(first)?, key(second)?],
            certificates_active: [flag(first_certificate)?, flag(second_certificate)?],
        })
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
