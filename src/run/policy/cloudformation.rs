//! The same as a CloudFormation template, which is a StackSet's too.

use crate::cli::PolicyPart;

use super::{On, Role, Statement};

pub(super) fn template(part: PolicyPart, statements: &[Statement], role: &Role) -> String {
    match part {
        PolicyPart::Member => member(statements, role),
        PolicyPart::Caller => caller(statements, role),
    }
}

fn member(statements: &[Statement], role: &Role) -> String {
    let (path, name, policy) = (&role.path, &role.name, policy(statements, role));
    format!(
        r#"# The role that driftline reads an account with; `driftline policy -f cloudformation` writes it.
# For every account of an organization, from the management account (which needs no such role: it is
# read as whoever runs the scan):
#   aws cloudformation create-stack-set --stack-set-name driftline --template-body file://driftline.yaml \
#     --permission-model SERVICE_MANAGED --capabilities CAPABILITY_NAMED_IAM \
#     --auto-deployment Enabled=true,RetainStacksOnAccountRemoval=false \
#     --parameters ParameterKey=TrustedPrincipal,ParameterValue=arn:aws:iam::111122223333:root
#   aws cloudformation create-stack-instances --stack-set-name driftline --regions us-east-1 \
#     --deployment-targets OrganizationalUnitIds=r-abcd
AWSTemplateFormatVersion: "2010-09-09"
Description: The role that driftline reads this account with. It allows reading configuration and nothing else.
Parameters:
  TrustedPrincipal:
    Type: String
    Description: >-
      The ARN of who may assume the role: a user, a role, or arn:aws:iam::ACCOUNT:root for whoever that account allows
    AllowedPattern: arn:aws[a-z-]*:(iam|sts)::[0-9]{{12}}:(root|(role|user|assumed-role)/.+)
  ExternalId:
    Type: String
    Description: What the caller has to give as --external-id; empty for none
    Default: ""
  RoleName:
    Type: String
    Description: What the caller names with --role
    Default: "{name}"
    AllowedPattern: "[A-Za-z0-9+=,.@_-]{{1,64}}"
Conditions:
  AsksForExternalId: !Not [!Equals [!Ref ExternalId, ""]]
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Ref RoleName
      Path: "{path}"
      Description: Read by driftline
      MaxSessionDuration: 3600
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal:
              AWS: !Ref TrustedPrincipal
            Action: sts:AssumeRole
            Condition: !If
              - AsksForExternalId
              - StringEquals:
                  sts:ExternalId: !Ref ExternalId
              - !Ref AWS::NoValue
      ManagedPolicyArns:
        - !Ref ReadPolicy
  ReadPolicy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Description: What driftline reads
{policy}Outputs:
  RoleArn:
    Description: The role's ARN
    Value: !GetAtt Role.Arn
"#
    )
}

fn caller(statements: &[Statement], role: &Role) -> String {
    let policy = policy(statements, role);
    format!(
        r#"# What whoever runs driftline needs, in the management account or that of a delegated administrator;
# `driftline policy --part caller -f cloudformation` writes it.
AWSTemplateFormatVersion: "2010-09-09"
Description: What running driftline needs. It reads the organization and this account, and assumes the members' role.
Parameters:
  AttachToRole:
    Type: String
    Description: The name of the role that runs driftline here; empty to attach the policy yourself
    Default: ""
Conditions:
  Attaches: !Not [!Equals [!Ref AttachToRole, ""]]
Resources:
  CallerPolicy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Description: What running driftline needs
      Roles: !If
        - Attaches
        - - !Ref AttachToRole
        - !Ref AWS::NoValue
{policy}Outputs:
  PolicyArn:
    Description: The policy's ARN
    Value: !Ref CallerPolicy
"#
    )
}

/// As a property of a managed policy.
fn policy(statements: &[Statement], role: &Role) -> String {
    let mut text = String::from("      PolicyDocument:\n        Version: \"2012-10-17\"\n        Statement:\n");
    for statement in statements {
        text.push_str(&format!("          - Sid: {}\n            Effect: Allow\n            Action:\n", statement.sid));
        for action in &statement.actions {
            text.push_str(&format!("              - {action}\n"));
        }
        let resource = match statement.on {
            On::Everything => "\"*\"".to_owned(),
            On::MemberRole => format!("!Sub \"arn:${{AWS::Partition}}:iam::*:role{}\"", role.place()),
        };
        text.push_str(&format!("            Resource: {resource}\n"));
    }
    text
}
