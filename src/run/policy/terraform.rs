//! The same as a Terraform file.

use crate::cli::PolicyPart;

use super::{On, Role, Statement};

pub(super) fn configuration(part: PolicyPart, statements: &[Statement], role: &Role) -> String {
    match part {
        PolicyPart::Member => member(statements, role),
        PolicyPart::Caller => caller(statements, role),
    }
}

fn member(statements: &[Statement], role: &Role) -> String {
    let (path, name, policy) = (&role.path, &role.name, policy(statements, role));
    format!(
        r#"# The role that driftline reads an account with; `driftline policy -f terraform` writes it.

variable "trusted_principal" {{
  description = "The ARN of who may assume the role: a user, a role, or arn:aws:iam::ACCOUNT:root"
  type        = string
}}

variable "external_id" {{
  description = "What the caller has to give as --external-id; empty for none"
  type        = string
  default     = ""
}}

variable "role_name" {{
  description = "What the caller names with --role"
  type        = string
  default     = "{name}"
}}

data "aws_iam_policy_document" "driftline_trust" {{
  statement {{
    actions = ["sts:AssumeRole"]

    principals {{
      type        = "AWS"
      identifiers = [var.trusted_principal]
    }}

    dynamic "condition" {{
      for_each = var.external_id == "" ? [] : [var.external_id]

      content {{
        test     = "StringEquals"
        variable = "sts:ExternalId"
        values   = [condition.value]
      }}
    }}
  }}
}}

{policy}
resource "aws_iam_policy" "driftline" {{
  name        = "${{var.role_name}}Read"
  description = "What driftline reads"
  policy      = data.aws_iam_policy_document.driftline.json
}}

resource "aws_iam_role" "driftline" {{
  name                 = var.role_name
  path                 = "{path}"
  description          = "Read by driftline"
  max_session_duration = 3600
  assume_role_policy   = data.aws_iam_policy_document.driftline_trust.json
}}

resource "aws_iam_role_policy_attachment" "driftline" {{
  role       = aws_iam_role.driftline.name
  policy_arn = aws_iam_policy.driftline.arn
}}

output "driftline_role_arn" {{
  value = aws_iam_role.driftline.arn
}}
"#
    )
}

fn caller(statements: &[Statement], role: &Role) -> String {
    let policy = policy(statements, role);
    format!(
        r#"# What whoever runs driftline needs, in the management account or that of a delegated administrator;
# `driftline policy --part caller -f terraform` writes it.

variable "attach_to_role" {{
  description = "The name of the role that runs driftline here; empty to attach the policy yourself"
  type        = string
  default     = ""
}}

data "aws_partition" "current" {{}}

{policy}
resource "aws_iam_policy" "driftline" {{
  name        = "DriftlineCaller"
  description = "What running driftline needs"
  policy      = data.aws_iam_policy_document.driftline.json
}}

resource "aws_iam_role_policy_attachment" "driftline" {{
  count      = var.attach_to_role == "" ? 0 : 1
  role       = var.attach_to_role
  policy_arn = aws_iam_policy.driftline.arn
}}

output "driftline_policy_arn" {{
  value = aws_iam_policy.driftline.arn
}}
"#
    )
}

fn policy(statements: &[Statement], role: &Role) -> String {
    let mut text = String::from("data \"aws_iam_policy_document\" \"driftline\" {\n");
    for (index, statement) in statements.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        text.push_str(&format!("  statement {{\n    sid = \"{}\"\n\n    actions = [\n", statement.sid));
        for action in &statement.actions {
            text.push_str(&format!("      \"{action}\",\n"));
        }
        let resource = match statement.on {
            On::Everything => "*".to_owned(),
            On::MemberRole => {
                format!("arn:${{data.aws_partition.current.partition}}:iam::*:role{}", role.place())
            }
        };
        text.push_str(&format!("    ]\n\n    resources = [\"{resource}\"]\n  }}\n"));
    }
    text.push_str("}\n");
    text
}
