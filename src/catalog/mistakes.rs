//! What authors of checks are told, word for word.

use super::testing::{VOCABULARY, example, parse};
use super::*;
use crate::text::render;

fn mistakes(rest: &str) -> String {
    render(&Catalog::parse_with([example(rest)], VOCABULARY).1, false)
}

#[test]
fn every_mistake_of_a_file_is_reported_at_once() {
    let (catalog, diagnostics) = parse(
        "checks/test/other-name.toml",
        r#"
schema = 2
colour = "red"

[check]
id            = "Not_Kebab"
title         = "Ensure that all is well"
severity      = "hihg"
resource_type = "AWS::EC2::Vcp"
since         = 1
controls      = { cis = "6.3" }
rational      = "A word short."
remediation   = { cli = "aws" }

[fail]
where = { fact = "flag", eq = true }

[[case]]
expect = "passes"
"#,
    );
    assert!(catalog.is_empty());
    insta::assert_snapshot!(render(&diagnostics, false), @r#"
    error: schema 2 is not known
     --> checks/test/other-name.toml:2:10
      |
    2 | schema = 2
      |          ^
      |
      = help: this driftline reads schema 1; a newer one may know it

    error: unknown key `colour`
     --> checks/test/other-name.toml:3:1
      |
    3 | colour = "red"
      | ^^^^^^
      |
      = help: known here: `case`, `check`, `fail`, `params`, `schema` or `when`

    error: `rationale` is missing here
     --> checks/test/other-name.toml:5:1
      |
    5 | [check]
      | ^^^^^^^

    error: `Not_Kebab` is not a check id: lower-case words joined by hyphens are wanted, such as `default-vpc-present`
     --> checks/test/other-name.toml:6:17
      |
    6 | id            = "Not_Kebab"
      |                 ^^^^^^^^^^^

    error: the title starts with `Ensure`
     --> checks/test/other-name.toml:7:17
      |
    7 | title         = "Ensure that all is well"
      |                 ^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: say what was found, not what to do about it

    error: `hihg` is not a severity: critical, high, medium, low or informational is wanted
     --> checks/test/other-name.toml:8:17
      |
    8 | severity      = "hihg"
      |                 ^^^^^^

    error: `AWS::EC2::Vcp` is not a resource type that is read
     --> checks/test/other-name.toml:9:17
      |
    9 | resource_type = "AWS::EC2::Vcp"
      |                 ^^^^^^^^^^^^^^^
      |
      = help: did you mean `AWS::EC2::VPC`?

    error: a string is wanted here
      --> checks/test/other-name.toml:10:17
       |
    10 | since         = 1
       |                 ^ this is a whole number

    error: an array is wanted here
      --> checks/test/other-name.toml:11:25
       |
    11 | controls      = { cis = "6.3" }
       |                         ^^^^^ this is a string

    error: unknown key `rational`
      --> checks/test/other-name.toml:12:1
       |
    12 | rational      = "A word short."
       | ^^^^^^^^
       |
       = help: did you mean `rationale`?

    error: `text` is missing here
      --> checks/test/other-name.toml:13:17
       |
    13 | remediation   = { cli = "aws" }
       |                 ^^^^^^^^^^^^^^^

    error: `message` is missing here
      --> checks/test/other-name.toml:15:1
       |
    15 | [fail]
       | ^^^^^^

    error: `name` is missing here
      --> checks/test/other-name.toml:18:1
       |
    18 | [[case]]
       | ^^^^^^^^

    error: `resource` is missing here
      --> checks/test/other-name.toml:18:1
       |
    18 | [[case]]
       | ^^^^^^^^

    error: `passes` is not a verdict
      --> checks/test/other-name.toml:19:10
       |
    19 | expect = "passes"
       |          ^^^^^^^^
       |
       = help: `pass`, `fail`, `unknown` or `skip` is wanted
    "#);
}

#[test]
fn every_mistake_of_conditions_is_reported_at_once() {
    insta::assert_snapshot!(mistakes(r#"
[params]
trusted = ["10.0.0.0/33"]
ports   = [22]

[when]
fact = "flga"
eq   = true

[fail]
each      = "items"
where.all = [
  { fact = "ports", matches = "22" },
  { fact = "ports", interects = "$port" },
  { fact = "ports", intersects = "$ports", within = 70000 },
  { fact = "ports", within = [70000, "22-80-90", true] },
  { fact = "sources", public_at_least = { ipv4 = 33 }, except = "$trusted" },
  { fact = "word", eq = "a", except = "10.0.0.0/8" },
  { fact = "number" },
  { fact = "items" , is_empty = false },
  { fact = "^number", gt = "many" },
  { fact = "^^number", gt = 1 },
  { fact = "at", older_than_days = -1 },
  { any = [] },
  { all = [{ fact = "flag", eq = true }], any = [{ fact = "flag", eq = true }] },
  { some = "words", where = { fact = "word", eq = "a" } },
  { some = "parts" },
  { count = "parts", where = { fact = "word", eq = "a" } },
  {},
  { al = [] },
  7,
]
message       = "{word} {wrod} {number"
discriminator = ["word", "parts", "^number"]
"#), @r#"
    error: `10.0.0.0/33` is not an address block: `10.0.0.0/8`, `2001:db8::/32` or one address is wanted
      --> checks/test/example.toml:12:12
       |
    12 | trusted = ["10.0.0.0/33"]
       |            ^^^^^^^^^^^^^

    error: `AWS::EC2::VPC` has no fact `flga`
      --> checks/test/example.toml:16:8
       |
    16 | fact = "flga"
       |        ^^^^^^
       |
       = help: did you mean `flag`?

    error: `matches` does not apply to `ports`, which is a set of ports
      --> checks/test/example.toml:22:21
       |
    22 |   { fact = "ports", matches = "22" },
       |                     ^^^^^^^
       |
       = help: use `intersects`, `within`, `covers`, `count_gt`, `is_empty` or `exists`

    error: there is no operator `interects`
      --> checks/test/example.toml:23:21
       |
    23 |   { fact = "ports", interects = "$port" },
       |                     ^^^^^^^^^
       |
       = help: did you mean `intersects`?

    error: `intersects` and `within` cannot stand in one condition
      --> checks/test/example.toml:24:3
       |
    24 |   { fact = "ports", intersects = "$ports", within = 70000 },
       |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: put them as two conditions into `all = [..]` or `any = [..]`

    error: `70000` is out of range
      --> checks/test/example.toml:25:31
       |
    25 |   { fact = "ports", within = [70000, "22-80-90", true] },
       |                               ^^^^^ 0 to 65535 is wanted

    error: `22-80-90` is not a port or a port range: `22`, `1024-65535` or `22,80` is wanted
      --> checks/test/example.toml:25:38
       |
    25 |   { fact = "ports", within = [70000, "22-80-90", true] },
       |                                      ^^^^^^^^^^

    error: a port, a range such as `"1024-65535"`, or an array of them, is wanted here
      --> checks/test/example.toml:25:50
       |
    25 |   { fact = "ports", within = [70000, "22-80-90", true] },
       |                                                  ^^^^ this is a boolean

    error: `ipv6` is missing here
      --> checks/test/example.toml:26:41
       |
    26 |   { fact = "sources", public_at_least = { ipv4 = 33 }, except = "$trusted" },
       |                                         ^^^^^^^^^^^^^

    error: `33` is out of range
      --> checks/test/example.toml:26:50
       |
    26 |   { fact = "sources", public_at_least = { ipv4 = 33 }, except = "$trusted" },
       |                                                  ^^ 0 to 32 is wanted

    error: `except` does not apply to `word`
      --> checks/test/example.toml:27:39
       |
    27 |   { fact = "word", eq = "a", except = "10.0.0.0/8" },
       |                                       ^^^^^^^^^^^^
       |
       = help: it takes addresses out of a set of addresses before the set is compared

    error: `number` is compared with nothing
      --> checks/test/example.toml:28:3
       |
    28 |   { fact = "number" },
       |   ^^^^^^^^^^^^^^^^^^^
       |
       = help: it is a whole number: use `eq`, `ne`, `in`, `not_in`, `lt`, `le`, `gt`, `ge` or `exists`

    error: an element of `items` has no fact `items`
      --> checks/test/example.toml:29:12
       |
    29 |   { fact = "items" , is_empty = false },
       |            ^^^^^^^
       |
       = help: `AWS::EC2::VPC` has one: `^items`

    error: a whole number is wanted here
      --> checks/test/example.toml:30:28
       |
    30 |   { fact = "^number", gt = "many" },
       |                            ^^^^^^ this is a string

    error: nothing is around `AWS::EC2::VPC`
      --> checks/test/example.toml:31:12
       |
    31 |   { fact = "^^number", gt = 1 },
       |            ^^^^^^^^^^ write `number`

    error: `-1` is out of range
      --> checks/test/example.toml:32:36
       |
    32 |   { fact = "at", older_than_days = -1 },
       |                                    ^^ 0 to 36500 is wanted

    error: there are no conditions in here
      --> checks/test/example.toml:33:11
       |
    33 |   { any = [] },
       |           ^^

    error: `all` and `any` cannot stand in one condition
      --> checks/test/example.toml:34:3
       |
    34 |   { all = [{ fact = "flag", eq = true }], any = [{ fact = "flag", eq = true }] },
       |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: put them as two conditions into `all = [..]` or `any = [..]`

    error: `words` is a list of texts, and not a list of records
      --> checks/test/example.toml:35:12
       |
    35 |   { some = "words", where = { fact = "word", eq = "a" } },
       |            ^^^^^^^
       |
       = help: lists of an element of `items`: `parts`

    error: `where` is missing here
      --> checks/test/example.toml:36:3
       |
    36 |   { some = "parts" },
       |   ^^^^^^^^^^^^^^^^^^

    error: `count` compares with one number
      --> checks/test/example.toml:37:3
       |
    37 |   { count = "parts", where = { fact = "word", eq = "a" } },
       |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: write one of `gt`, `ge`, `lt`, `le` or `eq` with a number

    error: there is no condition here
      --> checks/test/example.toml:38:3
       |
    38 |   {},
       |   ^^
       |
       = help: write `fact`, `all`, `any`, `not`, `some`, `every` or `count`

    error: unknown key `al`
      --> checks/test/example.toml:39:5
       |
    39 |   { al = [] },
       |     ^^
       |
       = help: did you mean `all`?

    error: a table is wanted here
      --> checks/test/example.toml:40:3
       |
    40 |   7,
       |   ^ this is a whole number

    error: an element of `items` has no fact `wrod`
      --> checks/test/example.toml:42:17
       |
    42 | message       = "{word} {wrod} {number"
       |                 ^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: did you mean `word`?

    error: this `{` stands alone
      --> checks/test/example.toml:42:17
       |
    42 | message       = "{word} {wrod} {number"
       |                 ^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: a place is written `{fact}`, and a brace itself `{{` or `}}`

    error: `parts` names no element
      --> checks/test/example.toml:43:26
       |
    43 | discriminator = ["word", "parts", "^number"]
       |                          ^^^^^^^
       |
       = help: its own fields of one value each tell an element from others

    error: `^number` names no element
      --> checks/test/example.toml:43:35
       |
    43 | discriminator = ["word", "parts", "^number"]
       |                                   ^^^^^^^^^
       |
       = help: its own fields of one value each tell an element from others
    "#);
}

#[test]
fn mistakes_of_cases_point_into_them() {
    insta::assert_snapshot!(mistakes(r#"
[fail]
where   = { fact = "flag", eq = true }
message = "{name} is flagged"

[[case]]
name     = "a"
expect   = "pass"
fails    = 1
resource = { flga = true, number = "1", items = [{ sources = ["x"] }], ports = { unknow = "x" } }

[[case]]
name     = "b"
expect   = "fail"
types    = ["AWS::EC2::VCP"]
params   = { missing = 1 }
resource = {}
"#), @r#"
    error: a case that expects `pass` has no findings to describe
      --> checks/test/example.toml:18:12
       |
    18 | fails    = 1
       |            ^

    error: `AWS::EC2::VPC` has no fact `flga`
      --> checks/test/example.toml:19:14
       |
    19 | resource = { flga = true, number = "1", items = [{ sources = ["x"] }], ports = { unknow = "x" } }
       |              ^^^^
       |
       = help: did you mean `flag`?

    error: a whole number is wanted here
      --> checks/test/example.toml:19:36
       |
    19 | resource = { flga = true, number = "1", items = [{ sources = ["x"] }], ports = { unknow = "x" } }
       |                                    ^^^ this is a string

    error: `x` is not an address block: `10.0.0.0/8`, `2001:db8::/32` or one address is wanted
      --> checks/test/example.toml:19:63
       |
    19 | resource = { flga = true, number = "1", items = [{ sources = ["x"] }], ports = { unknow = "x" } }
       |                                                               ^^^

    error: `unknown` is missing here
      --> checks/test/example.toml:19:80
       |
    19 | resource = { flga = true, number = "1", items = [{ sources = ["x"] }], ports = { unknow = "x" } }
       |                                                                                ^^^^^^^^^^^^^^^^

    error: unknown key `unknow`
      --> checks/test/example.toml:19:82
       |
    19 | resource = { flga = true, number = "1", items = [{ sources = ["x"] }], ports = { unknow = "x" } }
       |                                                                                  ^^^^^^
       |
       = help: did you mean `unknown`?

    error: the check is not about `AWS::EC2::VCP`
      --> checks/test/example.toml:24:13
       |
    24 | types    = ["AWS::EC2::VCP"]
       |             ^^^^^^^^^^^^^^^
       |
       = help: did you mean `AWS::EC2::VPC`?

    error: the check has no parameter `missing`
      --> checks/test/example.toml:25:24
       |
    25 | params   = { missing = 1 }
       |                        ^
       |
       = help: it has none
    "#);
}

#[test]
fn each_needs_a_discriminator_and_messages_are_clear() {
    insta::assert_snapshot!(mistakes(r#"
[fail]
each    = "items"
where   = { fact = "flag", eq = true }
message = "}"
"#), @r#"
    error: `discriminator` is missing here
      --> checks/test/example.toml:11:1
       |
    11 | [fail]
       | ^^^^^^
       |
       = help: write `discriminator = [..]` with the fields that name one element of `items` from scan to scan

    error: this `}` stands alone
      --> checks/test/example.toml:14:11
       |
    14 | message = "}"
       |           ^^^
       |
       = help: a place is written `{fact}`, and a brace itself `{{` or `}}`
    "#);
}

#[test]
fn facts_of_several_types_have_one_kind() {
    let text = example("[fail]\nwhere = { fact = \"number\", eq = \"1\" }\nmessage = \"{at}\"\n")
        .text
        .replace("\"AWS::EC2::VPC\"", "[\"AWS::EC2::SecurityGroup\", \"AWS::EC2::VPC\"]");
    insta::assert_snapshot!(render(&parse("checks/test/example.toml", &text).1, false), @r#"
    error: a whole number is wanted here
      --> checks/test/example.toml:11:33
       |
    11 | where = { fact = "number", eq = "1" }
       |                                 ^^^ this is a string

    error: `AWS::EC2::SecurityGroup` has no fact `at`
      --> checks/test/example.toml:12:11
       |
    12 | message = "{at}"
       |           ^^^^^^
       |
       = help: its facts: `word`, `number`, `flag`
    "#);
}
