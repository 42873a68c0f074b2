//! The binary form of JSON that CloudWatch speaks: RFC 8949, as far as the values of JSON go.

use serde_json::{Map, Number, Value};

/// Kinds of items, as they stand in the three highest bits of the first byte.
const POSITIVE: u8 = 0;
const NEGATIVE: u8 = 1 << 5;
const TEXT: u8 = 3 << 5;
const LIST: u8 = 4 << 5;
const MAP: u8 = 5 << 5;
const TAG: u8 = 6 << 5;
const OPEN: u8 = 31;
const FALSE: u8 = 0xf4;
const TRUE: u8 = 0xf5;
const NULL: u8 = 0xf6;
const DOUBLE: u8 = 0xfb;
const BREAK: u8 = 0xff;

/// A value's bytes. Lists and maps are left open and end with a break, as AWS writes them.
pub fn encode(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write(value, &mut out);
    out
}

/// A member's bytes, its name and a text.
pub fn member(name: &str, text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    write_text(name, &mut out);
    write_text(text, &mut out);
    out
}

fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(NULL),
        Value::Bool(flag) => out.push(if *flag { TRUE } else { FALSE }),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => head(POSITIVE, number, out),
            (None, Some(number)) => head(NEGATIVE, number.unsigned_abs() - 1, out),
            _ => {
                out.push(DOUBLE);
                out.extend(number.as_f64().unwrap_or_default().to_be_bytes());
            }
        },
        Value::String(text) => write_text(text, out),
        Value::Array(list) => {
            out.push(LIST | OPEN);
            list.iter().for_each(|item| write(item, out));
            out.push(BREAK);
        }
        Value::Object(map) => {
            out.push(MAP | OPEN);
            for (name, item) in map {
                write_text(name, out);
                write(item, out);
            }
            out.push(BREAK);
        }
    }
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    head(TEXT, text.len() as u64, out);
    out.extend(text.as_bytes());
}

/// A first byte with its number, in as few bytes as hold it.
fn head(kind: u8, number: u64, out: &mut Vec<u8>) {
    match number {
        0..24 => out.push(kind | number as u8),
        24..0x100 => out.extend([kind | 24, number as u8]),
        0x100..0x1_0000 => {
            out.push(kind | 25);
            out.extend((number as u16).to_be_bytes());
        }
        0x1_0000..0x1_0000_0000 => {
            out.push(kind | 26);
            out.extend((number as u32).to_be_bytes());
        }
        _ => {
            out.push(kind | 27);
            out.extend(number.to_be_bytes());
        }
    }
}

/// The value of these bytes; none if they are not one, or not one that JSON has.
pub fn decode(bytes: &[u8]) -> Option<Value> {
    let mut rest = bytes;
    let value = read(&mut rest, 0)?;
    rest.is_empty().then_some(value)
}

/// No request of AWS's is deeper.
const DEEPEST: u32 = 64;

fn read(rest: &mut &[u8], depth: u32) -> Option<Value> {
    if depth > DEEPEST {
        return None;
    }
    let first = *take(rest, 1)?.first()?;
    let (kind, low) = (first & 0xe0, first & 0x1f);
    if first == DOUBLE {
        let bits = take(rest, 8)?.try_into().ok()?;
        return Number::from_f64(f64::from_be_bytes(bits)).map(Value::Number);
    }
    if kind == LIST || kind == MAP {
        let mut left = if low == OPEN { None } else { Some(length(rest, low)?) };
        let (mut list, mut map) = (Vec::new(), Map::new());
        loop {
            match left {
                Some(0) => break,
                None if rest.first() == Some(&BREAK) => {
                    take(rest, 1)?;
                    break;
                }
                _ => left = left.map(|left| left - 1),
            }
            if kind == LIST {
                list.push(read(rest, depth + 1)?);
            } else {
                let name = read(rest, depth + 1)?.as_str()?.to_owned();
                map.insert(name, read(rest, depth + 1)?);
            }
        }
        return Some(if kind == LIST { Value::Array(list) } else { Value::Object(map) });
    }
    match (kind, first) {
        (_, FALSE) => Some(Value::Bool(false)),
        (_, TRUE) => Some(Value::Bool(true)),
        (_, NULL) => Some(Value::Null),
        (POSITIVE, _) => Some(length(rest, low)?.into()),
        (NEGATIVE, _) => Some((-1 - i64::try_from(length(rest, low)?).ok()?).into()),
        (TEXT, _) => {
            let length = usize::try_from(length(rest, low)?).ok()?;
            let text = std::str::from_utf8(take(rest, length)?).ok()?;
            Some(Value::String(text.to_owned()))
        }
        (TAG, _) => {
            length(rest, low)?;
            read(rest, depth + 1)
        }
        // Bytes and the other numbers are in no request that is simulated.
        _ => None,
    }
}

fn length(rest: &mut &[u8], low: u8) -> Option<u64> {
    let bytes = match low {
        0..24 => return Some(u64::from(low)),
        24 => 1,
        25 => 2,
        26 => 4,
        27 => 8,
        _ => return None,
    };
    Some(take(rest, bytes)?.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

fn take<'b>(rest: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    let (taken, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The examples of RFC 8949, appendix A.
    #[test]
    fn examples_of_the_standard_are_read() {
        for (bytes, value) in [
            (&b"\x00"[..], json!(0)),
            (b"\x17", json!(23)),
            (b"\x18\x18", json!(24)),
            (b"\x19\x03\xe8", json!(1000)),
            (b"\x1a\x00\x0f\x42\x40", json!(1_000_000)),
            (b"\x1b\x00\x00\x00\xe8\xd4\xa5\x10\x00", json!(1_000_000_000_000_u64)),
            (b"\x20", json!(-1)),
            (b"\x39\x03\xe7", json!(-1000)),
            (b"\xfb\x3f\xf1\x99\x99\x99\x99\x99\x9a", json!(1.1)),
            (b"\xf4", json!(false)),
            (b"\xf5", json!(true)),
            (b"\xf6", json!(null)),
            (b"\x64IETF", json!("IETF")),
            (b"\x62\xc3\xbc", json!("\u{fc}")),
            (b"\x83\x01\x02\x03", json!([1, 2, 3])),
            (b"\x9f\x01\x82\x02\x03\x9f\x04\x05\xff\xff", json!([1, [2, 3], [4, 5]])),
            (b"\xbf\x61a\x01\x61b\x9f\x02\x03\xff\xff", json!({"a": 1, "b": [2, 3]})),
            (b"\xc1\x1a\x51\x4b\x67\xb0", json!(1_363_896_240)),
        ] {
            assert_eq!(decode(bytes), Some(value), "{bytes:x?}");
        }
        for bad in [&b""[..], b"\x18", b"\x61", b"\x9f\x01", b"\xa1\x01\x01", b"\x00\x00", b"\x62\xc3\x28"] {
            assert_eq!(decode(bad), None, "{bad:x?}");
        }
    }

    #[test]
    fn what_is_written_is_read_as_it_was() {
        let value = json!({"a": [0, 23, 24, 255, 256, 65_535, 65_536, u32::MAX, u64::MAX, -1, -25, 0.5], "b": {"c": null, "d": true}});
        assert_eq!(decode(&encode(&value)), Some(value));
        assert_eq!(encode(&json!({"a": [1]})), b"\xbf\x61a\x9f\x01\xff\xff");
        assert_eq!(member("a", "bc"), b"\x61a\x62bc");
    }
}
