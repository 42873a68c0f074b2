//! What the names of files, folders and resources tell.

use percent_encoding::percent_decode_str;

/// The names of the file and of its folders, the nearest first, without escapes and the file's ending.
pub(super) fn names(path: &[String]) -> Vec<String> {
    let mut names: Vec<String> =
        path.iter().rev().map(|name| percent_decode_str(name).decode_utf8_lossy().into_owned()).collect();
    if let Some(file) = names.first_mut()
        && let Some(stem) = [".json", ".csv"].iter().find_map(|ending| file.strip_suffix(ending))
    {
        *file = stem.to_owned();
    }
    names
}

/// The id in one of the names that begins so: of `routes-tgw-rtb-0abc.json` it is `tgw-rtb-0abc`.
pub(super) fn id_in(names: &[String], begins: &str) -> Option<String> {
    names.iter().find_map(|name| {
        let mut places = name.match_indices(begins).map(|(place, _)| place);
        places.find_map(|place| {
            let is_start = name.get(..place)?.chars().next_back().is_none_or(|c| !c.is_ascii_alphanumeric());
            let rest = name.get(place + begins.len()..)?;
            let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
            if is_start && length > 0 {
                name.get(place..place + begins.len() + length).map(str::to_owned)
            } else {
                None
            }
        })
    })
}

/// `...:listener-rule/app/NAME/LB/LISTENER/RULE` is a rule of `...:listener/app/NAME/LB/LISTENER`.
pub(super) fn listener_of(rule: &str) -> Option<String> {
    let (listener, _) =
        rule.replacen(":listener-rule/", ":listener/", 1).rsplit_once('/').map(|(l, r)| (l.to_owned(), r.len()))?;
    rule.contains(":listener-rule/").then_some(listener)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_in_names() {
        let names = |text: &str| vec![text.to_owned()];
        assert_eq!(id_in(&names("routes-tgw-rtb-0abc.x"), "tgw-rtb-").as_deref(), Some("tgw-rtb-0abc"));
        assert_eq!(id_in(&names("entries_pl-63a5400a"), "pl-").as_deref(), Some("pl-63a5400a"));
        for none in ["apl-1", "pl-", "pl", "", "xpl-1-pl-"] {
            assert_eq!(id_in(&names(none), "pl-"), None, "{none}");
        }
    }

    #[test]
    fn a_rule_names_its_listener() {
        let arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:listener-rule/app/a/b/c/d";
        assert_eq!(
            listener_of(arn).as_deref(),
            Some("arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/a/b/c")
        );
        assert_eq!(listener_of("arn:aws:x"), None);
    }
}
