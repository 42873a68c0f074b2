//! IAM: users, groups, roles, policies, credentials.
