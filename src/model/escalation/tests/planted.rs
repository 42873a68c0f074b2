//! Accounts drawn with ways planted into them, and near misses: the same way with one guard that really blocks it.
//! What is true of each principal is known from how it was drawn.

use serde_json::{Value, json};

use super::estate::{
    Estate, ME, OTHER, admin, allow, attached, bounded, deny, document, group, policy, role, trusts, user, when,
};
use crate::model::escalation::Verdict;

/// What keeps a way from being one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Guard {
    /// A Deny of the action that matters.
    Deny,
    /// A Deny of everything but what is harmless.
    DenyNotAction,
    /// A Deny on everything but other things.
    DenyNotResource,
    /// A boundary of the principal without the action.
    Boundary,
    /// The grant is on something else.
    OtherResource,
    /// The grant is over.
    Over,
    /// The grant is for principals with another tag.
    Tag,
    /// Whoever is reached has few rights.
    WeakTarget,
    /// Whoever is reached has a boundary.
    BoundedTarget,
}

const GUARDS: [Guard; 9] = [
    Guard::Deny,
    Guard::DenyNotAction,
    Guard::DenyNotResource,
    Guard::Boundary,
    Guard::OtherResource,
    Guard::Over,
    Guard::Tag,
    Guard::WeakTarget,
    Guard::BoundedTarget,
];

/// What is beside the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ornament {
    None,
    /// The grant asks for MFA, which a request may bring.
    Mfa,
    /// The grant is over next year.
    Later,
    /// The grant is for principals with a tag that this one has.
    Tag,
    /// Something else is denied.
    DenyOther,
    /// A boundary that allows it.
    Boundary,
}

const ORNAMENTS: [Ornament; 6] =
    [Ornament::None, Ornament::Mfa, Ornament::Later, Ornament::Tag, Ornament::DenyOther, Ornament::Boundary];

struct Draw(u64);

impl Draw {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % below
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.next(all.len())]
    }
}

/// What a way needs: grants, which of them decides, and whether the target's own rights do.
struct Plan {
    /// Actions, each with the things that it is on.
    grants: Vec<(&'static str, String)>,
    /// The action without which it is nothing.
    key: &'static str,
    /// Whether it ends in a target whose rights matter (`t` of its number).
    has_target: bool,
    /// Whether it changes the principal itself, so that its own boundary bounds what it becomes.
    is_self: bool,
    more: Value,
}

/// The methods that are planted.
const WAYS: usize = 18;

fn weak(guard: Option<Guard>) -> bool {
    guard == Some(Guard::WeakTarget)
}

fn plant(estate: &mut Estate, way: usize, number: usize, guard: Option<Guard>, is_role: bool) -> Option<Plan> {
    let me = if is_role { role(&format!("m{number}")) } else { user(&format!("m{number}")) };
    let target = format!("t{number}");
    let rights = |guard| if weak(guard) { vec![allow(&["s3:GetObject"], "*")] } else { vec![allow(&["*"], "*")] };
    let limits = |guard| {
        if guard == Some(Guard::BoundedTarget) {
            json!({"PermissionsBoundary": bounded(&policy("limit"))})
        } else {
            json!({})
        }
    };
    let plan = |grants: Vec<(&'static str, String)>, key, has_target| {
        Some(Plan { grants, key, has_target, is_self: false, more: json!({}) })
    };
    let by_self = |action: &'static str, on: String, more: Value| {
        Some(Plan { grants: vec![(action, on)], key: action, has_target: false, is_self: true, more })
    };
    match way {
        // A role taken on, which trusts the account.
        0 => {
            estate.role(&target, trusts(ME), &rights(guard), limits(guard));
            plan(vec![("sts:AssumeRole", role(&target))], "sts:AssumeRole", true)
        }
        1 if !is_role => {
            estate.user(&target, &rights(guard), limits(guard));
            plan(vec![("iam:CreateAccessKey", user(&target))], "iam:CreateAccessKey", true)
        }
        2 => by_self(if is_role { "iam:PutRolePolicy" } else { "iam:PutUserPolicy" }, me, json!({})),
        3 => by_self(if is_role { "iam:AttachRolePolicy" } else { "iam:AttachUserPolicy" }, me, json!({})),
        4 => {
            let work = format!("work{number}");
            estate.policy(&work, &[document(&[allow(&["s3:GetObject"], "*")])]);
            by_self(
                "iam:CreatePolicyVersion",
                policy(&work),
                json!({"AttachedManagedPolicies": attached(&[policy(&work)])}),
            )
        }
        5 => {
            let work = format!("work{number}");
            let older = if weak(guard) { document(&rights(guard)) } else { admin() };
            estate.policy(&work, &[document(&[allow(&["s3:GetObject"], "*")]), older]);
            let more = json!({"AttachedManagedPolicies": attached(&[policy(&work)])});
            let mut plan = by_self("iam:SetDefaultPolicyVersion", policy(&work), more)?;
            plan.has_target = guard == Some(Guard::WeakTarget);
            Some(plan)
        }
        6 if !is_role => {
            let team = format!("team{number}");
            estate.group(&team, &rights(guard));
            let mut plan = by_self("iam:AddUserToGroup", group(&team), json!({}))?;
            plan.has_target = guard == Some(Guard::WeakTarget);
            Some(plan)
        }
        7 if !is_role => {
            let team = format!("team{number}");
            estate.group(&team, &[]);
            by_self("iam:PutGroupPolicy", group(&team), json!({"GroupList": [team]}))
        }
        8 => {
            estate.role(&target, trusts("lambda.amazonaws.com"), &rights(guard), limits(guard));
            let function = format!("arn:aws:lambda:*:{ME}:function:f{number}-*");
            let grants = vec![
                ("iam:PassRole", role(&target)),
                ("lambda:CreateFunction", function.clone()),
                ("lambda:InvokeFunction", function),
            ];
            plan(grants, "iam:PassRole", true)
        }
        9 => {
            estate.role(&target, trusts("ec2.amazonaws.com"), &rights(guard), limits(guard));
            estate.profile(&target);
            plan(vec![("iam:PassRole", role(&target)), ("ec2:RunInstances", "*".to_owned())], "iam:PassRole", true)
        }
        10 => {
            estate.role(&target, trusts("config.amazonaws.com"), &rights(guard), limits(guard));
            plan(vec![("iam:UpdateAssumeRolePolicy", role(&target))], "iam:UpdateAssumeRolePolicy", true)
        }
        // Whatever the role may do, it is given everything; only a boundary holds it.
        11 if !weak(guard) => {
            estate.role(&target, trusts(ME), &[], limits(guard));
            plan(
                vec![("iam:PutRolePolicy", role(&target)), ("sts:AssumeRole", role(&target))],
                "iam:PutRolePolicy",
                true,
            )
        }
        12 if !is_role => {
            let new = user(&format!("n{number}-*"));
            let grants = ["iam:CreateUser", "iam:AttachUserPolicy", "iam:CreateAccessKey"];
            plan(grants.into_iter().map(|action| (action, new.clone())).collect(), "iam:CreateUser", false)
        }
        13 => {
            let new = role(&format!("n{number}/*"));
            plan(vec![("iam:CreateRole", new.clone()), ("iam:PutRolePolicy", new)], "iam:CreateRole", false)
        }
        14 => {
            let step = format!("s{number}");
            estate.role(&target, trusts(&role(&step)), &rights(guard), limits(guard));
            estate.role(&step, trusts(ME), &[], json!({}));
            plan(vec![("sts:AssumeRole", role(&step))], "sts:AssumeRole", true)
        }
        15 => {
            estate.role(&target, trusts("ec2.amazonaws.com"), &rights(guard), limits(guard));
            estate.instance(&format!("i-{number}"), &target, json!([]));
            let on = format!("arn:aws:ec2:eu-west-1:{ME}:instance/i-{number}");
            plan(vec![("ssm:StartSession", on)], "ssm:StartSession", true)
        }
        16 if guard != Some(Guard::BoundedTarget) => {
            let trust = trusts(ME);
            let rights = rights(guard);
            estate.role_in(OTHER, &target, trust, &rights, json!({}));
            plan(vec![("sts:AssumeRole", format!("arn:aws:iam::{OTHER}:role/{target}"))], "sts:AssumeRole", true)
        }
        17 if !is_role => {
            estate.user(&target, &rights(guard), limits(guard));
            let grants = vec![("iam:UpdateLoginProfile", user(&target))];
            plan(grants, "iam:UpdateLoginProfile", true)
        }
        _ => None,
    }
}

/// Plants one; says who was planted.
fn draw_one(estate: &mut Estate, draw: &mut Draw, number: usize, guarded: bool) -> Option<(String, String)> {
    let way = draw.next(WAYS);
    let is_role = draw.next(2) == 0;
    let guard = guarded.then(|| draw.of(&GUARDS));
    let ornament = draw.of(&ORNAMENTS);
    let plan = plant(estate, way, number, guard, is_role)?;
    if matches!(guard, Some(Guard::WeakTarget | Guard::BoundedTarget)) && !plan.has_target {
        return None;
    }
    let mut more = plan.more;
    let mut statements: Vec<Value> = Vec::new();
    let past = json!({"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}});
    for (action, on) in &plan.grants {
        let is_key = *action == plan.key;
        let on = match guard {
            Some(Guard::OtherResource) if is_key => {
                // The same kind of thing with a name that nobody has.
                let kind = if on == "*" {
                    "arn:aws:iam::111111111111:role/"
                } else {
                    &on[..=on.find('/').or(on.rfind(':')).unwrap()]
                };
                format!("{kind}unrelated{number}")
            }
            _ => on.clone(),
        };
        let mut grant = allow(&[action], &on);
        grant = match (guard, ornament) {
            (Some(Guard::Over), _) if is_key => when(grant, past.clone()),
            (Some(Guard::Tag), _) if is_key => when(grant, json!({"StringEquals": {"aws:PrincipalTag/team": "iam"}})),
            (_, Ornament::Mfa) => when(grant, json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}})),
            (_, Ornament::Later) => when(grant, json!({"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}})),
            (_, Ornament::Tag) => when(grant, json!({"StringLike": {"aws:PrincipalTag/team": "we*"}})),
            _ => grant,
        };
        statements.push(grant);
    }
    more["Tags"] = json!([{"Key": "team", "Value": "web"}]);
    match guard {
        Some(Guard::Deny) => statements.push(deny(&[plan.key], "*")),
        Some(Guard::DenyNotAction) => {
            statements.push(json!({"Effect": "Deny", "NotAction": ["s3:*", "logs:*"], "Resource": "*"}));
        }
        Some(Guard::DenyNotResource) => {
            statements.push(json!({"Effect": "Deny", "Action": plan.key, "NotResource": user("somebody-else")}));
        }
        Some(Guard::Boundary) => {
            let name = format!("bound{number}");
            estate.policy(&name, &[document(&[allow(&["*"], "*"), deny(&[plan.key], "*")])]);
            more["PermissionsBoundary"] = bounded(&policy(&name));
        }
        None if ornament == Ornament::Boundary => {
            let name = format!("bound{number}");
            // A boundary bounds what the principal becomes if it changes itself.
            let inside = if plan.is_self {
                admin()
            } else {
                document(&[allow(&["sts:*", "iam:*", "lambda:*", "ec2:*", "ssm:*"], "*")])
            };
            estate.policy(&name, &[inside]);
            more["PermissionsBoundary"] = bounded(&policy(&name));
        }
        None if ornament == Ornament::DenyOther => statements.push(deny(&["cloudtrail:*", "organizations:*"], "*")),
        _ => {}
    }
    // The middle of a chain trusts the account, and so wants a permission; so does a role in another account.
    let name = format!("m{number}");
    if is_role {
        estate.role(&name, trusts("config.amazonaws.com"), &statements, more);
    } else {
        estate.user(&name, &statements, more);
    }
    let arn = if is_role { role(&name) } else { user(&name) };
    Some((arn, format!("way {way}, guard {guard:?}, ornament {ornament:?}, role {is_role}")))
}

/// All of the true ones are found, and none of the others.
#[test]
fn what_is_planted_is_found_and_near_misses_are_not() {
    let (mut found, mut missed) = (0, 0);
    for seed in 0..40 {
        let mut draw = Draw(seed * 7_919 + 1);
        let mut estate = Estate::new();
        estate.account(OTHER);
        estate.policy("limit", &[document(&[allow(&["s3:*"], "*")])]);
        let mut truth: Vec<(String, String, bool)> = Vec::new();
        for number in 0..24 {
            let guarded = draw.next(2) == 0;
            if let Some((arn, what)) = draw_one(&mut estate, &mut draw, number, guarded) {
                truth.push((arn, what, !guarded));
            }
        }
        for number in 0..10 {
            let harmless = [allow(&["s3:GetObject", "sts:AssumeRole", "iam:Get*", "iam:List*"], "*")];
            estate.user(&format!("bystander{number}"), &harmless[..draw.next(2)], json!({}));
        }
        let findings = estate.findings();
        for (arn, what, expected) in truth {
            let finding = &findings[&arn];
            let positive = matches!(finding.verdict, Verdict::Admin | Verdict::Proven | Verdict::Possible);
            assert_eq!(positive, expected, "seed {seed}: {what}: {finding:#?}");
            if expected { found += 1 } else { missed += 1 }
        }
        // `sts:AssumeRole` on everything reaches what trusts the account, and nothing else does.
        for number in 0..10 {
            let finding = &findings[&user(&format!("bystander{number}"))];
            assert!(
                finding.moves.iter().all(|one| one
                    .hops
                    .iter()
                    .all(|hop| hop.caller != finding.principal || hop.action == "sts:AssumeRole")),
                "{finding:#?}"
            );
        }
    }
    assert!(found > 200 && missed > 200, "{found} and {missed}");
}
