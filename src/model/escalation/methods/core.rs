//! Methods of IAM, STS and Identity Center themselves.

use super::Way::{Iam, IdentityCenter, NewPrincipal};
use super::{Method, methods};

pub(super) const METHODS: &[Method] = methods! {
    "iam-001" ["iam:CreatePolicyVersion"] Iam, SelfAdmin,
        "Rewrites a customer managed policy that the principal has", "a customer policy on itself or on a group of its own, with fewer than five versions";
    "iam-set-default-policy-version" ["iam:SetDefaultPolicyVersion"] Iam, SelfAdmin,
        "Goes back to a version of a policy that allows more", "a customer policy on itself or on a group of its own, of which another version allows more";
    "iam-002" ["iam:CreateAccessKey"] Iam, Other,
        "Makes an access key for another user", "a user with more rights and fewer than two keys";
    "iam-003" ["iam:CreateAccessKey", "iam:DeleteAccessKey"] Iam, Other,
        "Deletes a key of another user and makes a new one", "a user with more rights";
    "iam-004" ["iam:CreateLoginProfile"] Iam, Other,
        "Gives another user a console password", "a user with more rights and without a console password";
    "iam-006" ["iam:UpdateLoginProfile"] Iam, Other,
        "Changes the console password of another user", "a user with more rights and a console password";
    "iam-005" ["iam:PutRolePolicy"] Iam, SelfAdmin,
        "Writes an inline policy into the role that it is", "the role itself";
    "iam-007" ["iam:PutUserPolicy"] Iam, SelfAdmin,
        "Writes an inline policy into the user that it is", "the user itself";
    "iam-008" ["iam:AttachUserPolicy"] Iam, SelfAdmin,
        "Attaches a managed policy to the user that it is", "the user itself, and a policy that may be attached and allows more";
    "iam-009" ["iam:AttachRolePolicy"] Iam, SelfAdmin,
        "Attaches a managed policy to the role that it is", "the role itself, and a policy that may be attached and allows more";
    "iam-010" ["iam:AttachGroupPolicy"] Iam, SelfAdmin,
        "Attaches a managed policy to a group that it is in", "a group of its own, and a policy that may be attached and allows more";
    "iam-011" ["iam:PutGroupPolicy"] Iam, SelfAdmin,
        "Writes an inline policy into a group that it is in", "a group of its own";
    "iam-012" ["iam:UpdateAssumeRolePolicy"] Iam, Other,
        "Makes a role trust the principal, which then takes it on", "a role with more rights";
    "iam-013" ["iam:AddUserToGroup"] Iam, SelfAdmin,
        "Joins a group", "a group that allows more";
    "iam-014" ["iam:AttachRolePolicy", "sts:AssumeRole"] Iam, Other,
        "Attaches a managed policy to a role and takes the role on", "a role that it can take on";
    "iam-015" ["iam:AttachUserPolicy", "iam:CreateAccessKey"] Iam, Other,
        "Attaches a managed policy to another user and makes a key for that user", "another user";
    "iam-016" ["iam:CreatePolicyVersion", "sts:AssumeRole"] Iam, Other,
        "Rewrites a customer managed policy of a role and takes the role on", "a role that it can take on, with a customer policy";
    "iam-017" ["iam:PutRolePolicy", "sts:AssumeRole"] Iam, Other,
        "Writes an inline policy into a role and takes the role on", "a role that it can take on";
    "iam-018" ["iam:PutUserPolicy", "iam:CreateAccessKey"] Iam, Other,
        "Writes an inline policy into another user and makes a key for that user", "another user";
    "iam-019" ["iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy"] Iam, Other,
        "Attaches a managed policy to a role and makes the role trust the principal", "any role";
    "iam-020" ["iam:CreatePolicyVersion", "iam:UpdateAssumeRolePolicy"] Iam, Other,
        "Rewrites a customer managed policy of a role and makes the role trust the principal", "a role with a customer policy";
    "iam-021" ["iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"] Iam, Other,
        "Writes an inline policy into a role and makes the role trust the principal", "any role";
    "iam-update-trust-and-assume" ["iam:UpdateAssumeRolePolicy", "sts:AssumeRole"] Iam, Other,
        "Makes a role trust the principal and takes it on by a permission of its own", "a role with more rights";
    "iam-delete-user-boundary" ["iam:DeleteUserPermissionsBoundary"] Iam, SelfAdmin,
        "Takes the permissions boundary off the user that it is", "a boundary that hides an administrator";
    "iam-delete-role-boundary" ["iam:DeleteRolePermissionsBoundary", "sts:AssumeRole"] Iam, Other,
        "Takes the permissions boundary off a role and takes the role on", "a role that it can take on, whose boundary hides an administrator";
    "iam-delete-own-role-boundary" ["iam:DeleteRolePermissionsBoundary"] Iam, SelfAdmin,
        "Takes the permissions boundary off the role that it is", "a boundary that hides an administrator";
    "iam-replace-user-boundary" ["iam:PutUserPermissionsBoundary"] Iam, SelfAdmin,
        "Puts a boundary that bounds nothing in place of the one that the user has", "a boundary that hides an administrator";
    "iam-replace-role-boundary" ["iam:PutRolePermissionsBoundary"] Iam, SelfAdmin,
        "Puts a boundary that bounds nothing in place of the one that the role has", "a boundary that hides an administrator";
    "sts-001" ["sts:AssumeRole"] Iam, Other,
        "Takes a role on", "a role with more rights that trusts the principal";

    "iam-new-user-attach-key" ["iam:CreateUser", "iam:AttachUserPolicy", "iam:CreateAccessKey"] NewPrincipal, Other,
        "Makes a user, attaches a managed policy and makes a key for it", "nothing: the user is new";
    "iam-new-user-put-key" ["iam:CreateUser", "iam:PutUserPolicy", "iam:CreateAccessKey"] NewPrincipal, Other,
        "Makes a user, writes an inline policy into it and makes a key for it", "nothing: the user is new";
    "iam-new-user-group-key" ["iam:CreateUser", "iam:AddUserToGroup", "iam:CreateAccessKey"] NewPrincipal, Other,
        "Makes a user, puts it into a group and makes a key for it", "a group whose members are administrators";
    "iam-new-user-attach-password" ["iam:CreateUser", "iam:AttachUserPolicy", "iam:CreateLoginProfile"] NewPrincipal, Other,
        "Makes a user, attaches a managed policy and gives it a password", "nothing: the user is new";
    "iam-new-user-put-password" ["iam:CreateUser", "iam:PutUserPolicy", "iam:CreateLoginProfile"] NewPrincipal, Other,
        "Makes a user, writes an inline policy into it and gives it a password", "nothing: the user is new";
    "iam-new-user-group-password" ["iam:CreateUser", "iam:AddUserToGroup", "iam:CreateLoginProfile"] NewPrincipal, Other,
        "Makes a user, puts it into a group and gives it a password", "a group whose members are administrators";
    "iam-new-role-attach" ["iam:CreateRole", "iam:AttachRolePolicy"] NewPrincipal, Other,
        "Makes a role that trusts the principal and attaches a managed policy", "nothing: the role is new";
    "iam-new-role-put" ["iam:CreateRole", "iam:PutRolePolicy"] NewPrincipal, Other,
        "Makes a role that trusts the principal and writes an inline policy into it", "nothing: the role is new";

    "sso-001" ["sso:CreatePermissionSet", "sso:AttachManagedPolicyToPermissionSet", "sso:CreateAccountAssignment"] IdentityCenter, Other,
        "Makes a permission set with a managed policy and assigns itself to an account by it", "an instance of Identity Center",
        needs "a user or group of Identity Center that the principal can sign in as";
    "sso-002" ["sso:AttachManagedPolicyToPermissionSet"] IdentityCenter, SelfAdmin,
        "Attaches a managed policy to a permission set that it signs in by", "a permission set that the principal has",
        needs "a permission set that the principal signs in by";
    "sso-003" ["sso:PutInlinePolicyToPermissionSet"] IdentityCenter, SelfAdmin,
        "Writes an inline policy into a permission set that it signs in by", "a permission set that the principal has",
        needs "a permission set that the principal signs in by";
};
