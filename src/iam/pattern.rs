/// Whether a pattern of `*` and `?` matches the whole text.
pub fn matches(pattern: &str, text: &str) -> bool {
    if is_bytewise(pattern, text) {
        return glob_of_bytes(pattern.as_bytes(), text.as_bytes(), |a, b| a == b);
    }
    glob(pattern, text, |a, b| a == b)
}

/// As [`matches`], where ASCII letters match in either case: for actions.
pub fn matches_ignoring_case(pattern: &str, text: &str) -> bool {
    if is_bytewise(pattern, text) {
        return glob_of_bytes(pattern.as_bytes(), text.as_bytes(), |a, b| a.eq_ignore_ascii_case(&b));
    }
    glob(pattern, text, |a, b| a.eq_ignore_ascii_case(&b))
}

/// Whether bytes may stand for characters: a character's bytes are found nowhere but where it begins, so that only `?`
/// has to know how long one is.
fn is_bytewise(pattern: &str, text: &str) -> bool {
    text.is_ascii() || !pattern.contains('?')
}

/// As [`glob`]; most texts have nothing but ASCII, and taking characters apart is most of the work.
fn glob_of_bytes(pattern: &[u8], text: &[u8], same: impl Fn(u8, u8) -> bool) -> bool {
    let (mut rest, mut left) = (pattern, text);
    let mut retry: Option<(&[u8], &[u8])> = None;
    loop {
        match (rest.split_first(), left.split_first()) {
            (Some((b'*', after)), _) => {
                if after.is_empty() {
                    return true;
                }
                rest = after;
                retry = Some((rest, left));
                continue;
            }
            (Some((p, after)), Some((t, others))) if *p == b'?' || same(*p, *t) => {
                (rest, left) = (after, others);
                continue;
            }
            (None, None) => return true,
            _ => {}
        }
        let Some((after_star, from)) = retry else { return false };
        let Some((_, from)) = from.split_first() else { return false };
        (rest, left) = (after_star, from);
        retry = Some((after_star, left));
    }
}

/// Walks both texts once; on a mismatch, the last `*` takes one character more.
fn glob(pattern: &str, text: &str, same: impl Fn(char, char) -> bool) -> bool {
    let (mut rest, mut left) = (pattern, text);
    let mut retry: Option<(&str, &str)> = None;
    loop {
        let mut pattern_chars = rest.chars();
        let mut text_chars = left.chars();
        match (pattern_chars.next(), text_chars.next()) {
            (Some('*'), _) => {
                rest = pattern_chars.as_str();
                retry = Some((rest, left));
                continue;
            }
            (Some(p), Some(t)) if p == '?' || same(p, t) => {
                (rest, left) = (pattern_chars.as_str(), text_chars.as_str());
                continue;
            }
            (None, None) => return true,
            _ => {}
        }
        let Some((after_star, from)) = retry else { return false };
        let mut from_chars = from.chars();
        if from_chars.next().is_none() {
            return false;
        }
        (rest, left) = (after_star, from_chars.as_str());
        retry = Some((after_star, left));
    }
}

/// Whether the pattern matches every action. Every action has a service and a
/// name, so that `*:*` and `?*` match as much as `*` does.
pub(super) fn covers_every_action(pattern: &str) -> bool {
    match pattern.split_once(':') {
        None => is_open(pattern, 1),
        Some((service, name)) => is_open(service, 1) && is_open(name, 1),
    }
}

/// Whether the pattern matches every resource, or every one that has an ARN.
pub(super) fn covers_every_resource(pattern: &str) -> bool {
    if is_open(pattern, 0) {
        return true;
    }
    let fields: Vec<&str> = pattern.splitn(6, ':').collect();
    match fields.as_slice() {
        [arn, partition, rest @ ..] if *arn == "arn" || is_open(arn, 0) => {
            // The partition is the same for all that a policy can reach.
            (is_open(partition, 0) || partition.trim_end_matches('*').starts_with("aws"))
                && (!rest.is_empty() || partition.ends_with('*'))
                && rest.iter().all(|field| is_open(field, 0))
                && (rest.len() == 4 || pattern.ends_with('*'))
        }
        _ => false,
    }
}

/// Whether it is made of wildcards alone, and matches every text of at least `shortest` characters.
fn is_open(pattern: &str, shortest: usize) -> bool {
    pattern.contains('*')
        && pattern.chars().all(|c| c == '*' || c == '?')
        && pattern.chars().filter(|c| *c == '?').count() <= shortest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// What is done by bytes comes out as it does by characters.
        #[test]
        fn bytes_stand_for_characters(pattern in "[aAb\u{e9}\u{e8}\u{1f600}*?]{0,6}", text in "[aAb\u{e9}\u{e8}\u{1f600}]{0,8}") {
            prop_assert_eq!(matches(&pattern, &text), glob(&pattern, &text, |a, b| a == b));
            let ignoring = glob(&pattern, &text, |a, b| a.eq_ignore_ascii_case(&b));
            prop_assert_eq!(matches_ignoring_case(&pattern, &text), ignoring);
        }
    }
}
