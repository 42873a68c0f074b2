//! The truth table of drift: what a change means, and not that a text has changed.

use serde_json::{Value, json};

use crate::exposure::ask::{Snapshot, diff, probe};
use crate::exposure::network::{Network, PUBLIC, permission, public};
use crate::exposure::packets::Packets;

/// A row of the table: changes of a network, and what each means.
pub struct Drift {
    pub number: usize,
    pub says: &'static str,
    changes: Vec<Change>,
}

struct Change {
    before: Network,
    after: Network,
    /// The verdict on everything.
    verdict: &'static str,
    /// What endpoints opened and closed, together.
    opened: Packets,
    closed: Packets,
    objects: Vec<(&'static str, Object)>,
}

/// What has to be said of one object, named by itself.
struct Object {
    verdicts: &'static [&'static str],
    /// What masks the change, where something does.
    masked_by: Option<&'static str>,
    opened: Packets,
    closed: Packets,
}

impl Drift {
    /// What is before and after in each of its changes.
    pub fn networks(&self) -> impl Iterator<Item = (&Network, &Network)> {
        self.changes.iter().map(|change| (&change.before, &change.after))
    }
}

fn drift<const N: usize>(number: usize, says: &'static str, changes: [Change; N]) -> Drift {
    Drift { number, says, changes: changes.into() }
}

fn change(before: Network, after: Network, verdict: &'static str) -> Change {
    Change { before, after, verdict, opened: Packets::default(), closed: Packets::default(), objects: Vec::new() }
}

impl Change {
    fn opens(mut self, set: &[&str]) -> Change {
        self.opened = Packets::all_of(set);
        self
    }

    /// Of what it opens this is not a part.
    fn but(mut self, set: &str) -> Change {
        self.opened = self.opened.minus(&Packets::parse(set));
        self
    }

    fn closes(mut self, set: &[&str]) -> Change {
        self.closed = Packets::all_of(set);
        self
    }

    /// The object admits the same.
    fn same(mut self, object: &'static str) -> Change {
        let none = Packets::default;
        self.objects.push((object, Object { verdicts: &["equal"], masked_by: None, opened: none(), closed: none() }));
        self
    }

    fn object(
        mut self,
        object: &'static str,
        verdicts: &'static [&'static str],
        opened: &[&str],
        closed: &[&str],
    ) -> Change {
        let (opened, closed) = (Packets::all_of(opened), Packets::all_of(closed));
        self.objects.push((object, Object { verdicts, masked_by: None, opened, closed }));
        self
    }

    /// The last object's change is behind this gate.
    fn masked_by(mut self, gate: &'static str) -> Change {
        self.objects.last_mut().unwrap().1.masked_by = Some(gate);
        self
    }
}

fn ssh() -> Network {
    public().admits(&["tcp 22 from 0.0.0.0/0"])
}

/// `eni-1` is in two groups.
fn two_groups(first: &[&str], second: &[&str]) -> Network {
    public().admits(first).group("sg-2", "vpc-1", second).edit("NetworkInterfaces", "eni-1", |eni| {
        eni["Groups"] = json!([{ "GroupId": "sg-1", "GroupName": "one" }, { "GroupId": "sg-2", "GroupName": "two" }]);
    })
}

pub fn rows() -> Vec<Drift> {
    let office = "198.41.0.0/24";
    let acl = |entries: &[&str]| ssh().entries(entries);
    let list = |blocks: &[&str]| {
        public()
            .prefix_list("pl-1", "offices", blocks)
            .admits(&["tcp 22 from pl-1"])
            .group("sg-2", "vpc-1", &["tcp 443 from pl-1"])
            .interface("eni-2", "subnet-1", "10.0.1.20", Some("52.10.0.2"), &["sg-2"])
            .instance("i-2", "running", &["eni-2"])
    };
    let two_instances = || {
        ssh().interface("eni-2", "subnet-1", "10.0.1.20", Some("52.10.0.2"), &["sg-1"]).instance(
            "i-2",
            "running",
            &["eni-2"],
        )
    };
    let cloudfront = |network: Network| {
        network.prefix_list(
            "pl-3",
            "com.amazonaws.global.cloudfront.origin-facing",
            &["120.52.22.96/27", "130.176.0.0/17"],
        )
    };
    let ssh6 = || {
        ssh().edit("SecurityGroups", "sg-1", |group| group["IpPermissions"] = json!([permission("tcp 22 from ::/0")]))
    };
    vec![
        drift(
            1,
            "a rule 80-90 is split into 80-84 and 85-90",
            [change(
                public().admits(&["tcp 80-90 from 0.0.0.0/0"]),
                public().admits(&["tcp 80-84 from 0.0.0.0/0", "tcp 85-90 from 0.0.0.0/0"]),
                "equal",
            )
            .same("sg-1")
            .same("eni-1")],
        ),
        drift(
            2,
            "0.0.0.0/0 is replaced by its halves",
            [change(ssh(), public().admits(&["tcp 22 from 0.0.0.0/1, 128.0.0.0/1"]), "equal")
                .same("sg-1")
                .same("eni-1")],
        ),
        drift(
            3,
            "rules move between two groups of one interface",
            [change(
                two_groups(&["tcp 22 from 0.0.0.0/0"], &["tcp 443 from 0.0.0.0/0"]),
                two_groups(&["tcp 443 from 0.0.0.0/0"], &["tcp 22 from 0.0.0.0/0"]),
                "equal",
            )
            .same("eni-1")
            .object("sg-1", &["mixed"], &["tcp 443 from internet"], &["tcp 22 from internet"])],
        ),
        drift(
            4,
            "10.0.0.0/16 is added where 10.0.0.0/8 is",
            [
                change(
                    public().admits(&["tcp 22 from 10.0.0.0/8"]),
                    public().admits(&["tcp 22 from 10.0.0.0/8", "tcp 22 from 10.0.0.0/16"]),
                    "equal",
                )
                .same("sg-1"),
                change(
                    public().admits(&["tcp 22 from 52.0.0.0/8"]),
                    public().admits(&["tcp 22 from 52.0.0.0/8, 52.0.0.0/16"]),
                    "equal",
                )
                .same("sg-1")
                .same("eni-1"),
            ],
        ),
        drift(
            5,
            "entry 100 becomes 110, with nothing between that overlaps",
            [change(
                acl(&["in 100 allow tcp 22 0.0.0.0/0", "in 200 deny all 0.0.0.0/0"]),
                acl(&["in 110 allow tcp 22 0.0.0.0/0", "in 200 deny all 0.0.0.0/0"]),
                "equal",
            )
            .same("acl-1")
            .same("eni-1")],
        ),
        drift(
            6,
            "deny 90 and allow 100 change places",
            [change(
                acl(&[&format!("in 90 deny tcp 22 {office}"), "in 100 allow all 0.0.0.0/0"]),
                acl(&["in 90 allow all 0.0.0.0/0", &format!("in 100 deny tcp 22 {office}")]),
                "widened",
            )
            .opens(&[&format!("tcp 22 from {office}")])
            .object("acl-1", &["widened"], &[&format!("tcp 22 from {office}")], &[])],
        ),
        drift(
            7,
            "an allow behind an earlier deny of everything",
            [change(
                acl(&["in 100 deny all 0.0.0.0/0"]),
                acl(&["in 100 deny all 0.0.0.0/0", "in 200 allow all 0.0.0.0/0"]),
                "latent",
            )
            .same("eni-1")
            .object("acl-1", &["latent"], &[], &[])
            .masked_by("acl-1")],
        ),
        drift(
            8,
            "a group opens 22 while the ACL or the route is closed",
            [
                change(
                    public().entries(&["in 100 deny all 0.0.0.0/0"]),
                    ssh().entries(&["in 100 deny all 0.0.0.0/0"]),
                    "latent",
                )
                .same("eni-1")
                .object("sg-1", &["widened", "latent"], &["tcp 22 from internet"], &[])
                .masked_by("acl-1"),
                change(public().routes(&[]), ssh().routes(&[]), "latent")
                    .object("sg-1", &["widened", "latent"], &["tcp 22 from internet"], &[])
                    .masked_by("rtb-1"),
            ],
        ),
        drift(
            9,
            "a prefix list's new version has one more /8",
            [change(list(&[office]), list(&[office, "52.0.0.0/8"]), "widened")
                .opens(&["tcp 22,443 from 52.0.0.0/8"])
                .object("sg-1", &["widened"], &["tcp 22 from 52.0.0.0/8"], &[])
                .object("sg-2", &["widened"], &["tcp 443 from 52.0.0.0/8"], &[])],
        ),
        drift(
            10,
            "the internet gateway is attached again, its route active",
            [change(two_instances().detached().routes(&["0.0.0.0/0 igw-1 blackhole"]), two_instances(), "widened")
                .opens(&["tcp 22 from internet"])
                .same("sg-1")
                .object("eni-1", &["widened"], &["tcp 22 from internet"], &[])
                .object("eni-2", &["widened"], &["tcp 22 from internet"], &[])],
        ),
        drift(
            11,
            "443 from everywhere becomes 443 from CloudFront, and 22 from an office",
            [change(
                cloudfront(public().admits(&["tcp 443 from 0.0.0.0/0"])),
                cloudfront(public().admits(&["tcp 443 from pl-3", &format!("tcp 22 from {office}")])),
                "mixed",
            )
            .opens(&[&format!("tcp 22 from {office}")])
            .closes(&["tcp 443 from internet"])],
        ),
        drift(
            12,
            "an IPv6 block comes to a VPC whose default ACL nobody has edited",
            [
                change(ssh6(), ssh6().with_ipv6(), "widened")
                    .opens(&["tcp 22 from internet6"])
                    .but("all from 2600:1f18:1:100::/56"),
                // Without a rule for ::/0, or without a route, nothing opens.
                change(ssh(), ssh().with_ipv6(), "equal"),
                change(ssh6(), ssh6().with_ipv6().routes(&["0.0.0.0/0 igw-1"]), "equal"),
            ],
        ),
    ]
}

#[test]
fn a_change_is_what_it_opens_and_closes() {
    let mut wrong = Vec::new();
    for row in rows() {
        for (index, change) in row.changes.iter().enumerate() {
            let (before, after) = (Snapshot::of(&change.before), Snapshot::of(&change.after));
            let mut mistakes = mistakes(change, &before, &after);
            for (id, object) in &change.objects {
                mistakes.extend(mistakes_of_object(id, object, &before, &after));
            }
            // Seen from the other side, what was opened is closed.
            let back = diff(&after, &before, None);
            let turned = match change.verdict {
                "widened" => "narrowed",
                same => same,
            };
            // What does not open yet may be told of what cannot close any more, or not.
            let told = agrees(&back, turned) || (change.verdict == "latent" && back["verdict"] == "equal");
            if !told {
                mistakes.push(format!("turned around it is {}", back["verdict"]));
            }
            wrong.extend(
                mistakes.into_iter().map(|m| format!("{} ({}), change {}: {m}", row.number, row.says, index + 1)),
            );
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Where no endpoint changes, an object that changed on its own is told as `latent`: row 12's ACL does.
fn agrees(answer: &Value, verdict: &str) -> bool {
    answer["verdict"] == verdict
        || (verdict == "equal"
            && answer["verdict"] == "latent"
            && !touches_endpoints(answer)
            && of_level(answer, "network-acl").next().is_some())
}

fn touches_endpoints(answer: &Value) -> bool {
    ["delivered", "conversational"]
        .iter()
        .any(|level| of_level(answer, level).any(|change| change["verdict"] != "equal"))
}

fn of_level<'v>(answer: &'v Value, level: &str) -> impl Iterator<Item = &'v Value> {
    answer["changes"].as_array().unwrap().iter().filter(move |change| change["level"] == level)
}

fn sum(changes: impl Iterator<Item = Value>) -> Packets {
    changes.fold(Packets::default(), |set, regions| set.union(&Packets::from_json(&regions)))
}

fn mistakes(change: &Change, before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let answer = diff(before, after, None);
    let mut wrong = Vec::new();
    if !agrees(&answer, change.verdict) {
        wrong.push(format!("it is {} and not {}: {answer:#}", answer["verdict"], change.verdict));
    }
    let opened = sum(of_level(&answer, "conversational").map(|change| change["opened"].clone()));
    let closed = sum(of_level(&answer, "conversational").map(|change| change["closed"].clone()));
    // What stays open to CloudFront's own addresses may count for the internet or not: it has a class of its own.
    let edge = Packets::parse("tcp 443 from 120.52.22.96/27, 130.176.0.0/17");
    if opened.minus(&edge) != change.opened.minus(&edge) {
        wrong.push(format!("opened {opened:?}\n    and not {:?}", change.opened));
    }
    if closed.minus(&edge) != change.closed.minus(&edge) {
        wrong.push(format!("closed {closed:?}\n    and not {:?}", change.closed));
    }
    for told in of_level(&answer, "conversational") {
        wrong.extend(witness_mistakes(told, before, after));
    }
    if !change.opened.is_empty() && of_level(&answer, "conversational").all(|told| told["witness"].is_null()) {
        wrong.push("there is no witness".to_owned());
    }
    wrong
}

/// The witness is in the difference, and both snapshots say of it what the diff says they do.
fn witness_mistakes(told: &Value, before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let witness = &told["witness"];
    if witness.is_null() {
        return Vec::new();
    }
    let text = |name: &str| witness[name].as_str().unwrap_or_default();
    let port = witness["port"].as_u64().map(|port| port as u32);
    let packet = Packets::parse(&format!("{} {} from {}", text("protocol"), port.unwrap_or_default(), text("from")));
    let difference = Packets::from_json(&told["opened"]).union(&Packets::from_json(&told["closed"]));
    let mut wrong = Vec::new();
    if !packet.is_subset(&difference) {
        wrong.push(format!("the witness {witness} is not in what changed"));
    }
    let asked = [probe(text("from"), text("to"), text("protocol"), port)];
    for (name, snapshot) in [("before", before), ("after", after)] {
        let verdict = snapshot.reach(&asked)[0]["verdict"].clone();
        if verdict != witness[name] {
            wrong.push(format!("{name} the witness is {verdict}, the diff says {}", witness[name]));
        }
    }
    wrong
}

fn mistakes_of_object(id: &str, object: &Object, before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let answer = diff(before, after, Some(id));
    let mut wrong = Vec::new();
    if !object.verdicts.iter().any(|verdict| answer["verdict"] == *verdict) {
        wrong.push(format!("{id} is {} and not {:?}: {answer:#}", answer["verdict"], object.verdicts));
    }
    // An interface is told at the level of what it is reached by, everything else at its own.
    let level = match id.split('-').next().unwrap() {
        "sg" => "security-group",
        "acl" => "network-acl",
        "rtb" => "route-table",
        _ => "conversational",
    };
    for (name, right) in [("opened", &object.opened), ("closed", &object.closed)] {
        let told = sum(of_level(&answer, level)
            .filter(|change| change["direction"] != "egress")
            .map(|change| change[name].clone()));
        if told != *right {
            wrong.push(format!("{id} {name}: {told:?}\n    and not {right:?}"));
        }
    }
    if let Some(gate) = object.masked_by {
        let whole = diff(before, after, None);
        let named = |answer: &Value| {
            answer["changes"]
                .as_array()
                .unwrap()
                .iter()
                .any(|c| c["masked_by"].as_str().is_some_and(|m| m.contains(gate)))
        };
        if !named(&answer) && !named(&whole) {
            wrong.push(format!("nobody says that {gate} masks it: {whole:#}"));
        }
    }
    wrong
}

/// The standard network is what its description says: the rows start from something that is open.
#[test]
fn the_standard_network_is_public_and_closed() {
    let snapshot = Snapshot::of(&public());
    assert!(snapshot.exposure().iter().all(|endpoint| endpoint.verdict == "closed"));
    assert_eq!(Snapshot::of(&ssh()).reach(&[probe("8.8.8.8", PUBLIC, "tcp", Some(22))])[0]["verdict"], "reachable");
}
