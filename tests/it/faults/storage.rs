//! Buckets, functions and databases: what AWS tells of each with calls of their own is read where it lies.

use driftline::inventory::Reason;
use driftline::model::Model;
use driftline::model::facts::{table, value};
use driftline::resource::lambda::Function;
use driftline::resource::rds::{DbClusterSnapshot, DbInstance, DbSnapshot};
use driftline::resource::s3::{
    AccessPoint, AccountPublicAccessBlock, Bucket, MultiRegionAccessPoint, PublicAccessBlock,
};
use driftline::resource::{ResourceType, Typed};
use driftline_sim::{Fault, Rule};

use super::balancing::{all, run, scan, six};

fn all_blocked() -> PublicAccessBlock {
    let on = Some(true);
    PublicAccessBlock {
        block_public_acls: on,
        ignore_public_acls: on,
        block_public_policy: on,
        restrict_public_buckets: on,
    }
}

#[test]
fn everything_of_a_bucket_a_function_and_a_database_is_read() {
    run(async {
        let inventory = scan(six(), Vec::new()).await;
        assert_eq!(inventory.ledger.gaps().count(), 0, "{:?}", inventory.ledger.gaps().next());
        let buckets = all::<Bucket>(&inventory);
        assert!(buckets.len() > 2);
        for (scope, bucket) in &buckets {
            assert_eq!(scope.region.as_str(), "us-east-1");
            let policy = bucket.bucket_policy.as_ref().and_then(|policy| policy.policy.as_ref()).unwrap();
            assert!(policy.document().is_ok());
            assert_eq!(bucket.acl.as_ref().unwrap().grants.len(), 1);
            assert_eq!(bucket.public_access_block_configuration, Some(all_blocked()));
            let ownership = bucket.ownership_controls.as_ref().unwrap().object_ownership.as_deref();
            assert_eq!(ownership, Some("BucketOwnerEnforced"));
            assert_eq!(bucket.versioning.as_ref().unwrap().status.as_deref(), Some("Enabled"));
            assert!(bucket.logging.as_ref().unwrap().logging_enabled.is_some());
        }
        let points = all::<AccessPoint>(&inventory);
        assert!(points.iter().all(|(_, one)| one.public_access_block_configuration == Some(all_blocked())));
        assert_eq!(points.len() + 1, buckets.len(), "each but the trail's has one");
        assert_eq!(all::<MultiRegionAccessPoint>(&inventory)[0].1.public_access_block, Some(all_blocked()));
        assert_eq!(all::<AccountPublicAccessBlock>(&inventory).len(), 6);

        let functions = all::<Function>(&inventory);
        assert!(!functions.is_empty());
        for (_, function) in functions {
            assert!(function.function_policy.as_ref().unwrap().policy.as_ref().unwrap().document().is_ok());
            assert_eq!(function.function_url_configs.as_ref().unwrap()[0].auth_type.as_deref(), Some("AWS_IAM"));
        }
        let (_, database) = all::<DbInstance>(&inventory)[0];
        assert_eq!(database.endpoint.as_ref().unwrap().port, Some(5432));
        assert_eq!((database.publicly_accessible, database.vpc_security_groups.len()), (Some(false), 1));
        assert_eq!(database.db_subnet_group.as_ref().unwrap().subnets.len(), 3);
        let restore = |name: Option<&String>| assert_eq!(name.map(String::as_str), Some("restore"));
        let (_, snapshot) = all::<DbSnapshot>(&inventory)[0];
        restore(snapshot.db_snapshot_attributes.as_ref().unwrap()[0].attribute_name.as_ref());
        let (_, snapshot) = all::<DbClusterSnapshot>(&inventory)[0];
        restore(snapshot.db_cluster_snapshot_attributes.as_ref().unwrap()[0].attribute_name.as_ref());
    });
}

#[test]
fn what_is_denied_of_buckets_is_a_gap_and_what_follows_is_unknown() {
    run(async {
        let rules = ["s3:GetBucketPolicy", "s3control:GetPublicAccessBlock"];
        let rules = rules.map(|action| Rule::new(Fault::AccessDenied).action(action));
        let inventory = scan(six(), rules.to_vec()).await;
        let (scope, bucket) = all::<Bucket>(&inventory)[0];
        assert_eq!(bucket.bucket_policy, None);
        assert!(bucket.acl.is_some());
        for (cell, gap) in inventory.ledger.gaps() {
            assert!(
                cell.operation == "s3:GetBucketPolicy" || cell.operation == "s3control:GetPublicAccessBlock",
                "{cell:?}"
            );
            assert_eq!(gap.reason, Reason::AccessDenied);
        }
        let model = Model::new(&inventory, inventory.provenance.taken_at);
        let (_, subject) = model.subjects(Bucket::RESOURCE_TYPE).find(|(place, _)| *place == scope).unwrap();
        let fact = |name: &str| {
            let index = table(ResourceType::Bucket).iter().position(|field| field.name == name).unwrap();
            value(&model, scope, subject, index).to_string()
        };
        assert!(fact("denies_plain_http").starts_with("unknown"));
        // The bucket's own block closes what the policy might open.
        assert_eq!((fact("public_read_actions"), fact("public_access_unblocked")), (String::new(), String::new()));
        assert_eq!(fact("object_ownership"), "BucketOwnerEnforced");
    });
}
