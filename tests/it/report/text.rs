//! The terminal report and the last line.

use driftline::report::text::result_line;
use driftline::report::{Format, Options};

use super::{golden, sample, written, written_with};

#[test]
fn the_last_line_is_stable() {
    assert_eq!(
        result_line(&sample::awkward(), 3),
        "RESULT fail findings=14 critical=1 high=12 low=1 unknown=3 suppressed=0 coverage=98.5% exit=3"
    );
    assert_eq!(
        result_line(&sample::all_clear(), 0),
        "RESULT pass findings=0 unknown=0 suppressed=0 coverage=100.0% exit=0"
    );
    assert_eq!(
        result_line(&sample::all_unknown(), 4),
        "RESULT incomplete findings=0 unknown=90 suppressed=0 coverage=0.0% exit=4"
    );
}

#[test]
fn colours_add_nothing_but_colour() {
    let report = sample::awkward();
    let plain = written(Format::Text, &report);
    let coloured = written_with(Format::Text, &report, &Options { colour: true, ..Options::default() });
    golden("awkward.colour.txt", &coloured);
    let mut stripped = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        stripped.push_str(before);
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    stripped.push_str(rest);
    assert_eq!(stripped, plain);
}

#[test]
fn all_shows_every_finding() {
    let report = sample::awkward();
    let few = written(Format::Text, &report);
    assert!(few.contains("+ 9 more of this check (use --all), in 111122223333, 222233334444"), "{few}");
    let all = written_with(Format::Text, &report, &Options { limit: None, ..Options::default() });
    assert_eq!(all.matches("high[security-group-admin-port-open]").count(), 12);
    assert!(!all.contains("--all"));
    golden("awkward.all.txt", &all);
}

#[test]
fn a_narrow_terminal_breaks_lines_but_not_commands() {
    let narrow = written_with(Format::Text, &sample::awkward(), &Options { width: 60, ..Options::default() });
    assert!(narrow.contains(
        "aws ec2 revoke-security-group-ingress --region eu-west-1 --group-id sg-0ab0 --security-group-rule-ids {rule}"
    ));
    assert!(narrow.contains("arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0ab0"));
}

#[test]
fn nothing_but_the_verdict_says_pass_when_nothing_was_read() {
    let text = written(Format::Text, &sample::all_unknown());
    assert!(text.trim_end().lines().last().is_some_and(|line| !line.contains("PASS")), "{text}");
    assert!(text.contains("INCOMPLETE: nothing found at or above high; 90 verdicts of 5 checks are unknown"), "{text}");
}

#[test]
fn a_thousand_gaps_of_two_causes_are_two_lines() {
    let text = written(Format::Text, &sample::many_gaps());
    let block: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("incomplete")).take(6).collect();
    assert_eq!(
        block,
        [
            "incomplete: 1,020 of 9,000 cells were not read to the end (coverage 88.6 %)",
            "  222233334444 17 regions 40 operations NoCredentials in 680 cells -> 1 check unknown",
            "      sts:AssumeRole refused",
            "  20 accounts 17 regions ec2:DescribeNetworkAcls DeniedByScp in 340 cells -> 1 check unknown",
            "      explicit deny",
            "",
        ]
    );
}
