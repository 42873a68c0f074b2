//! One request, understood: who calls which operation where, with what.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::cell::Cell;
use crate::clock::unix_now;
use crate::error::ApiError;
use crate::hash::{BASE32, hash, letters, word};
use crate::org::Organization;
use crate::page::PageFault;
use crate::service::{Protocol, Service};

/// The credential scope of a signature: what a request says about itself before
/// anything is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    pub key: String,
    pub region: String,
    pub service: String,
}

impl Scope {
    /// Reads `AWS4-HMAC-SHA256 Credential=KEY/date/REGION/SERVICE/aws4_request, ...`.
    pub fn from_header(header: &str) -> Option<Scope> {
        let (_, rest) = header.split_once("Credential=")?;
        let credential = rest.split(',').next()?.trim();
        let mut parts = credential.split('/');
        let key = parts.next()?.to_owned();
        let _date = parts.next()?;
        let region = parts.next()?.to_owned();
        let service = parts.next()?.to_owned();
        Some(Scope { key, region, service })
    }
}

/// Who calls.
#[derive(Clone, Debug)]
pub struct Caller {
    pub account: u32,
    pub arn: String,
    /// The unique id, as in `GetCallerIdentity`.
    pub user_id: String,
}

/// Assumed-role keys carry their expiry in the last four characters: 20 bits of
/// the unix time in seconds, which is enough to tell past from future within
/// six days. So no session is ever stored.
const EXPIRY_BITS: u64 = 1 << 20;

/// The access key id of an assumed role.
pub fn session_key(account_id: &str, expires: u64) -> String {
    let mut rest = expires % EXPIRY_BITS;
    let mut tail = [0_u8; 4];
    for place in tail.iter_mut().rev() {
        *place = BASE32.get((rest % 32) as usize).copied().unwrap_or(b'A');
        rest /= 32;
    }
    let tail: String = tail.into_iter().map(char::from).collect();
    format!("ASIA{account_id}{tail}")
}

/// The session token of an assumed role: it only carries names.
pub fn session_token(role: &str, session: &str) -> String {
    STANDARD.encode(format!("simulated|{role}|{session}"))
}

fn is_expired(tail: &str) -> bool {
    let expires = tail.bytes().fold(0, |sum, byte| {
        let digit = BASE32.iter().position(|b| *b == byte).unwrap_or(0) as u64;
        sum * 32 + digit
    });
    let ahead = (expires + EXPIRY_BITS - unix_now() % EXPIRY_BITS) % EXPIRY_BITS;
    ahead == 0 || ahead > EXPIRY_BITS / 2
}

impl Caller {
    /// The caller that an access key id and session token stand for.
    pub fn from_key(
        org: &Organization,
        protocol: Protocol,
        key: &str,
        token: Option<&str>,
    ) -> Result<Caller, ApiError> {
        let unknown = || ApiError::bad_credentials(protocol);
        let id = key.get(4..16).ok_or_else(unknown)?;
        let account = org.account_index(id).ok_or_else(unknown)?;
        match key.get(..4) {
            Some("AKIA") => Ok(Caller {
                account,
                arn: format!("arn:aws:iam::{id}:user/operator"),
                user_id: org.unique_id("AIDA", account, "operator"),
            }),
            Some("ASIA") => {
                let token = token.ok_or_else(unknown)?;
                if is_expired(key.get(16..).unwrap_or("")) {
                    return Err(ApiError::expired(protocol));
                }
                let names = STANDARD.decode(token).map_err(|_| unknown())?;
                let names = String::from_utf8(names).map_err(|_| unknown())?;
                let mut names = names.splitn(3, '|').skip(1);
                let role = names.next().ok_or_else(unknown)?;
                let session = names.next().ok_or_else(unknown)?;
                Ok(Caller {
                    account,
                    arn: format!("arn:aws:sts::{id}:assumed-role/{role}/{session}"),
                    user_id: format!("{}:{session}", org.unique_id("AROA", account, role)),
                })
            }
            _ => Err(unknown()),
        }
    }
}

/// Parameters of a request, whatever the protocol carried them in.
#[derive(Debug, Default)]
pub struct Params {
    pub form: Vec<(String, String)>,
    pub json: Value,
}

impl Params {
    /// Reads a form or a query string.
    pub fn parse_form(text: &str) -> Vec<(String, String)> {
        text.split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (decode(name), decode(value))
            })
            .collect()
    }

    /// A parameter as text.
    pub fn text(&self, name: &str) -> Option<&str> {
        let form = self.form.iter().find(|(key, _)| key == name);
        match form {
            Some((_, value)) => Some(value),
            None => self.json.get(name)?.as_str(),
        }
    }

    /// A parameter as a number; `Some(Err)` if it is there and is none.
    pub fn number(&self, name: &str) -> Option<Result<u64, String>> {
        if let Some(value) = self.json.get(name) {
            return Some(value.as_u64().ok_or_else(|| value.to_string()));
        }
        let text = self.text(name)?;
        Some(text.parse().map_err(|_| text.to_owned()))
    }

    /// A list: `Name.1`, `Name.member.1` or a JSON array.
    pub fn list(&self, name: &str) -> Vec<&str> {
        if let Some(Value::Array(values)) = self.json.get(name) {
            return values.iter().filter_map(Value::as_str).collect();
        }
        self.form
            .iter()
            .filter(|(key, _)| {
                key.strip_prefix(name)
                    .and_then(|rest| rest.strip_prefix('.'))
                    .map(|rest| rest.strip_prefix("member.").unwrap_or(rest))
                    .is_some_and(|rest| rest.parse::<u32>().is_ok())
            })
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// Whether any parameter starts with this.
    pub fn any(&self, prefix: &str) -> bool {
        self.form.iter().any(|(key, _)| key.starts_with(prefix))
    }
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escaped =
            text.get(at + 1..at + 3).filter(|_| *byte == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match escaped {
            Some(value) => {
                out.push(value);
                at += 3;
            }
            None => {
                out.push(if *byte == b'+' { b' ' } else { *byte });
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A request ready to be answered.
pub struct Call<'a> {
    pub org: &'a Organization,
    /// The account and region asked about. Global services ignore the region.
    pub cell: Cell<'a>,
    pub service: Service,
    pub action: &'static str,
    pub params: Params,
    pub caller: Caller,
    pub page_fault: Option<PageFault>,
}

impl Call<'_> {
    /// The request id: the same for the same request.
    pub fn request_id(&self) -> String {
        request_id(hash(
            self.org.seed,
            &[
                u64::from(self.cell.account),
                self.cell.region as u64,
                word(self.action),
                word(&format!("{:?}", self.params)),
            ],
        ))
    }

    pub fn account_id(&self) -> String {
        self.cell.owner()
    }

    /// A required parameter.
    pub fn need(&self, name: &str) -> Result<&str, ApiError> {
        self.params.text(name).ok_or_else(|| {
            let code = match self.service.protocol() {
                Protocol::Ec2 => "MissingParameter",
                _ => return self.invalid(format!("The request must contain {name}.")),
            };
            ApiError::new(400, code, format!("The request must contain the parameter {name}"))
        })
    }
}

/// A request id in the form of a UUID.
pub fn request_id(state: u64) -> String {
    let hex = letters(state, b"0123456789abcdef", 32);
    let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0..8), part(8..12), part(12..16), part(16..20), part(20..32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_key_expires() {
        let now = unix_now();
        let live = session_key("210000000000", now + 3600);
        let dead = session_key("210000000000", now - 1);
        assert_eq!(live.len(), 20);
        assert!(!is_expired(&live[16..]));
        assert!(is_expired(&dead[16..]));
    }

    #[test]
    fn the_scope_is_read_from_the_signature() {
        let scope = Scope::from_header(
            "AWS4-HMAC-SHA256 Credential=AKIA1/20260101/eu-west-1/ec2/aws4_request, SignedHeaders=host, Signature=0",
        );
        assert_eq!(scope, Some(Scope { key: "AKIA1".into(), region: "eu-west-1".into(), service: "ec2".into() }));
        assert_eq!(Scope::from_header("Bearer x"), None);
    }

    #[test]
    fn forms_are_decoded() {
        let params =
            Params { form: Params::parse_form("A=b%20c+d&Id.1=x&Id.member.2=y&Idle.1=z&E=%zz"), json: Value::Null };
        assert_eq!(params.text("A"), Some("b c d"));
        assert_eq!(params.list("Id"), ["x", "y"]);
        assert_eq!(params.text("E"), Some("%zz"));
    }
}
