//! The same organization, written anew: nothing here changes what anything means.

use driftline::resource::ResourceType;
use serde_json::{Value, json};

use super::world::{World, made_ids};

/// A source of choices that proptest can make smaller.
pub struct Choices<'c> {
    choices: &'c [u32],
    at: usize,
}

impl<'c> Choices<'c> {
    pub fn new(choices: &'c [u32]) -> Choices<'c> {
        Choices { choices, at: 0 }
    }

    /// A number below `of`; zero, which changes nothing, once the choices are used up.
    pub fn below(&mut self, of: usize) -> usize {
        let choice = self.choices.get(self.at % self.choices.len().max(1)).copied().unwrap_or(0);
        self.at += 1;
        if of == 0 || choice == 0 { 0 } else { (choice.rotate_left(self.at as u32 % 31) as usize) % of }
    }

    fn yes(&mut self) -> bool {
        self.below(2) == 1
    }
}

/// Writes a world anew in every way that means the same.
pub fn rewrite(world: &mut World, choices: &mut Choices<'_>) {
    for index in 0..world.things.len() {
        let thing = &mut world.things[index];
        match thing.of {
            ResourceType::SecurityGroup => {
                for field in ["IpPermissions", "IpPermissionsEgress"] {
                    permissions(&mut thing.value[field], choices);
                }
            }
            ResourceType::NetworkAcl => entries(&mut thing.value["Entries"], choices),
            ResourceType::RouteTable => routes(&mut thing.value["Routes"], choices),
            ResourceType::User => documents(&mut thing.value["UserPolicyList"], "PolicyDocument", choices),
            ResourceType::Group => documents(&mut thing.value["GroupPolicyList"], "PolicyDocument", choices),
            ResourceType::ManagedPolicy => documents(&mut thing.value["PolicyVersionList"], "Document", choices),
            ResourceType::Role => {
                document(&mut thing.value["AssumeRolePolicyDocument"], choices);
                if choices.yes() {
                    thing.value["RoleLastUsed"] =
                        json!({ "LastUsedDate": "2026-11-22T00:00:00Z", "Region": "us-east-1" });
                }
            }
            ResourceType::VpcEndpoint => document(&mut thing.value["PolicyDocument"], choices),
            _ => {}
        }
        passing(&mut thing.value, thing.of, choices);
        shuffle(&mut thing.value, choices);
    }
    rebuild(world, choices);
    let from = choices.below(world.things.len());
    world.things.rotate_left(from);
}

/// What changes by itself.
fn passing(value: &mut Value, of: ResourceType, choices: &mut Choices<'_>) {
    if !choices.yes() {
        return;
    }
    let time = json!("2026-11-22T12:00:00Z");
    match of {
        ResourceType::Instance => {
            value["LaunchTime"] = time;
            value["StateTransitionReason"] = json!("User initiated");
        }
        ResourceType::NetworkInterface => {
            value["Attachment"]["AttachTime"] = time;
            value["Attachment"]["AttachmentId"] = json!("eni-attach-99");
        }
        ResourceType::Trail => value["TrailStatus"]["LatestDeliveryTime"] = time,
        ResourceType::Detector => value["UpdatedAt"] = time,
        ResourceType::ConfigurationRecorder => value["configurationRecorderStatus"]["lastStartTime"] = time,
        ResourceType::AccessKey => {
            value["LastUsed"] = json!({ "Date": "2026-11-22T12:00:00Z", "Region": "eu-west-1", "ServiceName": "s3" });
        }
        ResourceType::ManagedPolicy => {
            value["AttachmentCount"] = json!(7);
            value["UpdateDate"] = time;
        }
        ResourceType::FlowLog => value["CreationTime"] = time,
        ResourceType::User | ResourceType::Group => value["CreateDate"] = time,
        ResourceType::Vpc => {
            value["BlockPublicAccessStates"] = json!({ "InternetGatewayBlockMode": "off" });
            value["Tags"].as_array_mut().unwrap().push(json!({ "Key": "aws:cloudformation:stack-name", "Value": "x" }));
        }
        _ => {}
    }
}

/// Lists whose order means nothing.
fn shuffle(value: &mut Value, choices: &mut Choices<'_>) {
    const LISTS: [&str; 14] = [
        "IpPermissions",
        "IpPermissionsEgress",
        "Entries",
        "Routes",
        "Associations",
        "Tags",
        "TagSet",
        "Groups",
        "GroupList",
        "Statement",
        "UserPolicyList",
        "AttachedManagedPolicies",
        "IpRanges",
        "PolicyVersionList",
    ];
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if let (true, Some(list)) = (LISTS.contains(&name.as_str()), value.as_array_mut()) {
                    for index in (1..list.len()).rev() {
                        list.swap(index, choices.below(index + 1));
                    }
                }
                shuffle(value, choices);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| shuffle(value, choices)),
        _ => {}
    }
}

/// Rules split, regrouped, spelled otherwise, and given twice.
fn permissions(list: &mut Value, choices: &mut Choices<'_>) {
    let mut out: Vec<Value> = Vec::new();
    for mut rule in list.as_array().cloned().unwrap_or_default() {
        spell(&mut rule, choices);
        let (from, to) = (rule["FromPort"].as_i64(), rule["ToPort"].as_i64());
        match (from, to) {
            // Two runs of ports instead of one.
            (Some(from), Some(to)) if from < to && choices.yes() => {
                let middle = from + choices.below((to - from) as usize) as i64;
                let mut upper = rule.clone();
                rule["ToPort"] = json!(middle);
                upper["FromPort"] = json!(middle + 1);
                out.extend([rule, upper]);
            }
            _ => out.push(rule),
        }
    }
    // Two halves instead of one block.
    for rule in &mut out {
        let Some(ranges) = rule["IpRanges"].as_array().cloned() else { continue };
        let split = ranges.into_iter().flat_map(|range| match halves(range["CidrIp"].as_str().unwrap()) {
            Some(halves) if choices.yes() => halves.map(|half| json!({ "CidrIp": half })).to_vec(),
            _ => vec![range],
        });
        rule["IpRanges"] = split.collect();
    }
    // One permission for all peers of the same ports, or one for each.
    if choices.yes() {
        let mut grouped: Vec<Value> = Vec::new();
        for rule in out {
            let same = |other: &&mut Value| {
                ["IpProtocol", "FromPort", "ToPort"].iter().all(|field| other[*field] == rule[*field])
            };
            match grouped.iter_mut().find(same) {
                Some(all) => {
                    for field in ["IpRanges", "Ipv6Ranges", "UserIdGroupPairs", "PrefixListIds"] {
                        for one in rule[field].as_array().cloned().unwrap_or_default() {
                            if all[field].is_null() {
                                all[field] = json!([]);
                            }
                            all[field].as_array_mut().unwrap().push(one);
                        }
                    }
                }
                None => grouped.push(rule),
            }
        }
        out = grouped;
    }
    // What a wider rule covers adds nothing.
    if let (Some(first), true) = (out.first().cloned(), choices.yes()) {
        out.push(first);
    }
    *list = Value::Array(out);
}

fn spell(rule: &mut Value, choices: &mut Choices<'_>) {
    let protocol = rule["IpProtocol"].as_str().unwrap().to_owned();
    if choices.yes() {
        let number = match protocol.as_str() {
            "tcp" => "6",
            "udp" => "17",
            other => other,
        };
        rule["IpProtocol"] = json!(number);
    }
    if protocol == "-1" && choices.yes() {
        // AWS gives ports for all protocols in several ways, and heeds none.
        (rule["FromPort"], rule["ToPort"]) =
            if choices.yes() { (json!(0), json!(65535)) } else { (json!(-1), json!(-1)) };
    }
    if choices.yes() {
        for range in rule["IpRanges"].as_array_mut().into_iter().flatten() {
            range["CidrIp"] = json!(with_host_bits(range["CidrIp"].as_str().unwrap()));
        }
    }
}

/// The block with a bit set beyond its length: `10.0.0.1/8`.
fn with_host_bits(block: &str) -> String {
    let (address, length) = block.split_once('/').unwrap();
    let length: u32 = length.parse().unwrap();
    let bits = address.parse::<std::net::Ipv4Addr>().unwrap().to_bits();
    let bits = if length < 32 { bits | 1 } else { bits };
    format!("{}/{length}", std::net::Ipv4Addr::from_bits(bits))
}

fn halves(block: &str) -> Option<[String; 2]> {
    let (address, length) = block.split_once('/')?;
    let length: u32 = length.parse().ok().filter(|length| *length < 32)?;
    let mask = if length == 0 { 0 } else { u32::MAX << (32 - length) };
    let low = address.parse::<std::net::Ipv4Addr>().ok()?.to_bits() & mask;
    let high = low | 1 << (31 - length);
    Some([low, high].map(|bits| format!("{}/{}", std::net::Ipv4Addr::from_bits(bits), length + 1)))
}

/// Entries under other numbers in the same order, and one split.
fn entries(list: &mut Value, choices: &mut Choices<'_>) {
    if !choices.yes() {
        return;
    }
    let mut all = list.as_array().cloned().unwrap();
    all.sort_by_key(|entry| entry["RuleNumber"].as_u64());
    let step = 3 + choices.below(40) as u64;
    let mut number = 0;
    let mut out = Vec::new();
    for mut entry in all {
        if entry["RuleNumber"] == 32767 {
            out.push(entry);
            continue;
        }
        number += step;
        entry["RuleNumber"] = json!(number);
        match entry["CidrBlock"].as_str().and_then(halves) {
            Some(halves) if choices.yes() => {
                for half in halves {
                    number += 1;
                    entry["RuleNumber"] = json!(number);
                    entry["CidrBlock"] = json!(half);
                    out.push(entry.clone());
                }
            }
            _ => out.push(entry),
        }
    }
    *list = Value::Array(out);
}

fn routes(list: &mut Value, choices: &mut Choices<'_>) {
    if choices.yes() {
        for route in list.as_array_mut().unwrap() {
            if let Some(block) = route["DestinationCidrBlock"].as_str() {
                route["DestinationCidrBlock"] = json!(with_host_bits(block));
            }
        }
    }
}

fn documents(list: &mut Value, field: &str, choices: &mut Choices<'_>) {
    for policy in list.as_array_mut().into_iter().flatten() {
        document(&mut policy[field], choices);
    }
}

/// Single texts and lists, statements alone and split, ids, case.
fn document(document: &mut Value, choices: &mut Choices<'_>) {
    if document.is_null() {
        return;
    }
    let mut out: Vec<Value> = Vec::new();
    for mut statement in document["Statement"].as_array().cloned().unwrap_or_default() {
        if choices.yes() {
            statement["Sid"] = json!(format!("S{}", choices.below(1000)));
        }
        if let (Some(action), true) = (statement["Action"].as_str().map(str::to_owned), choices.yes()) {
            statement["Action"] = if choices.yes() { json!([action.to_uppercase()]) } else { json!([action]) };
        }
        if let (Some(resource), true) = (statement["Resource"].as_str().map(str::to_owned), choices.yes()) {
            statement["Resource"] = json!([resource]);
        }
        if statement["Principal"] == "*" && choices.yes() {
            statement["Principal"] = json!({ "AWS": "*" });
        }
        if let (Some(list), true) = (statement["Principal"]["AWS"].as_array().cloned(), choices.yes()) {
            // An account's id is its root.
            let spelled = list.iter().map(|one| match one.as_str() {
                Some(id) if id.len() == 12 => json!(format!("arn:aws:iam::{id}:root")),
                _ => one.clone(),
            });
            statement["Principal"]["AWS"] = spelled.rev().collect();
        }
        // One statement for each principal.
        match statement["Principal"]["AWS"].as_array().cloned() {
            Some(list) if list.len() > 1 && choices.yes() => {
                for one in list {
                    statement["Principal"]["AWS"] = one;
                    out.push(statement.clone());
                }
            }
            _ => out.push(statement),
        }
    }
    // Two statements that differ in their resource alone are one.
    if out.len() > 1 && choices.yes() {
        let plain = |statement: &Value| statement["Resource"].is_string() && statement["Condition"].is_null();
        if let [first, second, ..] = out.as_mut_slice()
            && plain(first)
            && plain(second)
            && first["Action"] == second["Action"]
            && first["Effect"] == second["Effect"]
        {
            first["Resource"] = json!([first["Resource"], second["Resource"]]);
            out.remove(1);
        }
    }
    document["Statement"] = if out.len() == 1 && choices.yes() { out.remove(0) } else { Value::Array(out) };
    if choices.yes() {
        *document = json!(document.to_string());
    }
}

/// Some things have other ids than before, wherever they are named.
fn rebuild(world: &mut World, choices: &mut Choices<'_>) {
    for id in made_ids(world) {
        if choices.below(3) != 1 {
            continue;
        }
        let new = match id.split_once('-') {
            Some((kind, _)) => world.id(kind),
            None => format!("{id}x"),
        };
        for thing in &mut world.things {
            replace(&mut thing.value, &id, &new);
        }
    }
}

fn replace(value: &mut Value, old: &str, new: &str) {
    match value {
        Value::String(text) if text == old => new.clone_into(text),
        Value::Array(all) => all.iter_mut().for_each(|one| replace(one, old, new)),
        Value::Object(fields) => fields.values_mut().for_each(|one| replace(one, old, new)),
        _ => {}
    }
}
