use super::*;

/// Reads a small table in the way that readers do, and renders what was wrong.
fn check(text: &str, read: impl FnOnce(&Table<'_>)) -> String {
    let sink = Sink::default();
    let document = Document::parse(SourceFile::new("driftline.toml", text), &sink);
    let table = document.table(&sink);
    read(&table);
    table.finish();
    render(&sink.into_sorted(), false)
}

#[test]
fn every_mistake_is_reported_at_once() {
    let text = "name = 7\nsize = 99999999999999999999\nwhen = \"yesterday\"\nregion = [\"a\", 2]\nprofil = \"x\"\n";
    let rendered = check(text, |table| {
        assert_eq!(table.string("name"), None);
        assert_eq!(table.integer("size"), None);
        assert_eq!(table.get("when").and_then(Item::time), None);
        assert_eq!(table.strings("region"), ["a"]);
        assert_eq!(table.string("profile"), None);
        assert!(table.require("role").is_none());
    });
    insta::assert_snapshot!(rendered, @r#"
    error: `role` is missing here
     --> driftline.toml:1:1
      |
    1 | name = 7
      | ^^^^^^^^

    error: a string is wanted here
     --> driftline.toml:1:8
      |
    1 | name = 7
      |        ^ this is a whole number

    error: `99999999999999999999` is too large
     --> driftline.toml:2:8
      |
    2 | size = 99999999999999999999
      |        ^^^^^^^^^^^^^^^^^^^^ at most 64 bits are wanted

    error: `yesterday` is not a time
     --> driftline.toml:3:8
      |
    3 | when = "yesterday"
      |        ^^^^^^^^^^^
      |
      = help: date, time and offset are wanted, such as `2026-01-31T12:00:00Z`

    error: a string is wanted here
     --> driftline.toml:4:16
      |
    4 | region = ["a", 2]
      |                ^ this is a whole number

    error: unknown key `profil`
     --> driftline.toml:5:1
      |
    5 | profil = "x"
      | ^^^^^^
      |
      = help: did you mean `profile`?
    "#);
}

#[test]
fn a_file_with_syntax_errors_is_read_as_far_as_it_goes() {
    let rendered = check("a = 1\nb = = 2\n[c\nd = 3\n", |table| {
        assert_eq!(table.integer("a"), Some(1));
        // It is not reported as missing: it may be among what was lost.
        assert!(table.require("e").is_none());
        table.get("b");
        table.get("c");
        table.get("d");
    });
    insta::assert_snapshot!(rendered, @r#"
    error: this is not TOML: extra `=`, expected nothing
     --> driftline.toml:2:5
      |
    2 | b = = 2
      |     ^

    error: this is not TOML: unexpected key or value, expected newline, `#`
     --> driftline.toml:2:7
      |
    2 | b = = 2
      |       ^

    error: this is not TOML: unclosed table, expected `]`
     --> driftline.toml:3:3
      |
    3 | [c
      |   ^
    "#);
}

#[test]
fn globs_know_two_wildcards() {
    for (pattern, text, matches) in [
        ("", "", true),
        ("*", "", true),
        ("a*", "abc", true),
        ("a?c", "abc", true),
        ("a?c", "ac", false),
        ("*b*", "abc", true),
        ("*a*b", "aab", true),
        ("a*b*c", "axbxbxd", false),
        ("[a]", "a", false),
        ("A", "a", false),
        ("*ü?", "xüz", true),
    ] {
        assert_eq!(Glob::new(pattern).matches(text), matches, "{pattern} {text}");
    }
}

#[test]
fn suggestions_are_near() {
    assert_eq!(did_you_mean("ingres", ["egress", "ingress"]), Some("ingress"));
    assert_eq!(did_you_mean("xyz", ["egress", "ingress"]), None);
    assert_eq!(list(["a", "b", "c"]), "`a`, `b` or `c`");
}
