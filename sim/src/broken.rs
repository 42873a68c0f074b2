//! Replies that are not what they should be.

use crate::call::Call;
use crate::cbor;
use crate::error::{Reply, content_type};
use crate::service::Protocol;

/// A page of some network on the way.
pub fn garbage() -> Reply {
    Reply {
        status: 200,
        content_type: "text/html",
        error_type: None,
        body: b"<html><head><title>Sign in</title></head><body><p>Sign in to use this network.</p></body></html>"
            .to_vec(),
    }
}

/// A success in which everything is missing that the operation is for.
pub fn nothing(call: &Call) -> Reply {
    let (name, id, namespace) = (call.action, call.request_id(), call.service.namespace());
    let body = match call.service.protocol() {
        Protocol::Cbor => {
            let body = cbor::encode(&serde_json::json!({}));
            return Reply { status: 200, content_type: content_type(Protocol::Cbor), error_type: None, body };
        }
        Protocol::Ec2 => {
            format!("<{name}Response xmlns=\"{namespace}\"><requestId>{id}</requestId></{name}Response>")
        }
        Protocol::Query => format!(
            "<{name}Response xmlns=\"{namespace}\"><{name}Result></{name}Result><ResponseMetadata><RequestId>{id}\
             </RequestId></ResponseMetadata></{name}Response>"
        ),
        Protocol::Json | Protocol::Rest => "{}".to_owned(),
        Protocol::RestXml => format!("<{name}Nothing xmlns=\"{namespace}\"></{name}Nothing>"),
    };
    let content_type = content_type(call.service.protocol());
    Reply { status: 200, content_type, error_type: None, body: body.into_bytes() }
}

/// Where to cut a body: after a whole list element near the middle, so that
/// what is left looks like a shorter list to a lenient parser; else in the
/// middle.
pub fn cut_point(body: &[u8]) -> usize {
    let middle = body.len() / 2;
    let (before, after) = body.split_at(middle);
    for end in [&b"</item>"[..], b"</member>"] {
        let is_end = |bytes: &[u8]| bytes == end;
        if let Some(at) = before.windows(end.len()).rposition(is_end) {
            return at + end.len();
        }
        if let Some(at) = after.windows(end.len()).position(is_end) {
            return middle + at + end.len();
        }
    }
    // Not in the middle of a letter: that is another fault.
    (0..=middle).rev().find(|at| body.get(*at).is_none_or(|byte| byte & 0xc0 != 0x80)).unwrap_or(middle)
}

/// Adds white space before the last character (`>` or `}`), or a member that nobody knows before the end of a map.
pub fn pad(body: &mut Vec<u8>, size: usize) {
    let missing = size.saturating_sub(body.len());
    if is_cbor(body) {
        let end = body.pop();
        body.extend(cbor::member("Padding", &" ".repeat(missing)));
        body.extend(end);
        return;
    }
    // Inside the closing tag of XML and before the closing brace of JSON, white
    // space means nothing.
    let last = body.pop();
    body.resize(body.len() + missing, b' ');
    body.extend(last);
}

/// Puts two bytes that are no UTF-8 into a text: before the end of an element
/// or in a JSON string, near the middle.
pub fn not_utf8(body: &mut Vec<u8>) {
    let middle = body.len() / 2;
    let fits = |at: &usize| match body.get(..*at) {
        Some([.., b'"']) => body.first() == Some(&b'{'),
        _ => body.get(*at..*at + 2) == Some(b"</"),
    };
    let at = (middle..body.len()).chain((0..middle).rev()).find(fits).unwrap_or(middle);
    body.splice(at..at, [0xc3, 0x28]);
}

/// Whether a body is a map in the binary form of JSON.
fn is_cbor(body: &[u8]) -> bool {
    body.first() == Some(&0xbf)
}

/// Gives a body the root of another operation; JSON becomes a list.
pub fn other_root(body: &mut Vec<u8>, action: &str) {
    if is_cbor(body) {
        // A list of one.
        body.insert(0, 0x81);
        return;
    }
    if body.first() == Some(&b'{') {
        body.insert(0, b'[');
        body.push(b']');
        return;
    }
    let text = String::from_utf8_lossy(body);
    // S3's roots are not called after their operations.
    let first = text.trim_start().strip_prefix('<').and_then(|rest| rest.split([' ', '>']).next());
    let root = first.filter(|name| !name.starts_with('?')).map_or_else(|| format!("{action}Response"), str::to_owned);
    let other = "DescribeWeatherResponse";
    *body = text
        .replace(&format!("<{root}"), &format!("<{other}"))
        .replace(&format!("</{root}"), &format!("</{other}"))
        .into_bytes();
}
