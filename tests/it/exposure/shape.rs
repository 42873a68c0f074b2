//! What `exposure` and `exposure diff` print is what their schemas say, and a schema that says anything would be none.

use serde_json::{Value, json};

use super::ask::{Snapshot, diff};
use super::network::{Network, public};
use crate::schema::{mistake, mistakes};

const EXPOSURE: &str = "schemas/exposure-1.schema.json";
const DIFF: &str = "schemas/exposure-diff-1.schema.json";

fn open() -> Network {
    public().admits(&["all from 0.0.0.0/0", "tcp 22 from ::/0"]).with_ipv6()
}

fn told(network: &Network) -> Value {
    Snapshot::of(network).ask(&["exposure", "--snapshot", "snapshot.dls", "-f", "json", "--all"])
}

#[test]
fn what_is_told_validates() {
    let networks = [
        open(),
        public(),
        open().detached(),
        open().routes(&[]),
        open().without_file("NetworkAcls"),
        open().without_file("SecurityGroups"),
        public().without_public_address(),
    ];
    let documents: Vec<Value> = networks.iter().map(told).collect();
    for (number, mistake) in mistakes(EXPOSURE, &documents).into_iter().enumerate() {
        assert_eq!(mistake, None, "network {number}");
    }
    let (before, after) = (Snapshot::of(&public()), Snapshot::of(&open()));
    let naming = Snapshot::of(&public().admits(&["tcp 22 from sg-1", "tcp 443 from 52.0.0.0/8"]));
    let unread = Snapshot::of(&open().without_file("RouteTables"));
    let documents = [
        diff(&before, &after, None),
        diff(&after, &before, None),
        diff(&before, &naming, None),
        diff(&after, &unread, None),
        diff(&before, &after, Some("sg-1")),
        diff(&before, &before, None),
    ];
    for (number, mistake) in mistakes(DIFF, &documents).into_iter().enumerate() {
        assert_eq!(mistake, None, "comparison {number}: {:#}", documents[number]);
    }
}

#[test]
fn what_is_told_wrongly_does_not_validate() {
    let good = told(&open());
    assert_eq!(mistake(EXPOSURE, &good), None);
    let edits: [(&str, Value); 5] = [
        ("/endpoints/0/verdict", json!("open")),
        ("/endpoints/0/class", json!(null)),
        ("/endpoints/0/family", json!("4")),
        ("/endpoints/0/delivered/0/ports", json!(["22"])),
        ("/schema", json!("https://driftline.dev/schemas/exposure-2")),
    ];
    for (place, value) in edits {
        let mut bad = good.clone();
        *bad.pointer_mut(place).expect(place) = value;
        assert!(mistake(EXPOSURE, &bad).is_some(), "{place}");
    }
}

/// The other formats say the same of the same endpoint.
#[test]
fn words_and_tables_say_what_json_says() {
    let snapshot = Snapshot::of(&public().admits(&["tcp 22 from 0.0.0.0/0"]));
    let folder = snapshot.file().parent().expect("a file is in a folder").to_owned();
    let said = |format: &str| {
        let told = super::ask::run(&folder, &["exposure", "--snapshot", "snapshot.dls", "-f", format]);
        String::from_utf8(told).expect("it is text")
    };
    let text = said("text");
    for words in ["52.10.0.1", "i-1", "tcp 22 (SSH)", "all internet (v4)", "1 address is reachable from the internet"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let csv = said("csv");
    let rows: Vec<&str> = csv.lines().collect();
    assert_eq!(rows.len(), 2, "{csv}");
    assert!(rows[0].starts_with("account,region,resource_type,resource"), "{csv}");
    assert!(rows[1].contains("reachable,live,tcp,22,0.0.0.0/0,true"), "{csv}");
}
