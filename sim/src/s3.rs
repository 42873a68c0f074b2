//! S3 and its control plane, in their dialect of REST with XML.
//!
//! Where an account has a network it has a bucket for data, with an access point for the first VPC, and the data
//! platform one of these for all its regions. The management account has the bucket that trails deliver to.

use serde_json::{Value, json};

use crate::call::Call;
use crate::cell::{Cell, Vpc};
use crate::clock::iso_millis;
use crate::error::ApiError;
use crate::hash::{LOWER, letters};
use crate::org::Class;
use crate::page::Limits;
use crate::service::Service;
use crate::xml::Xml;

const ACCESS_POINT: &str = "data-inside";
const PAGE: Limits = Limits::sized(1000, 10_000);

/// A bucket of a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bucket {
    Data,
    Trail,
}

impl Bucket {
    fn all(cell: &Cell) -> Vec<Bucket> {
        let data = (cell.regular_vpcs() > 0).then_some(Bucket::Data);
        let trail = (cell.class() == Class::Management && cell.region == 0).then_some(Bucket::Trail);
        data.into_iter().chain(trail).collect()
    }

    fn name(self, cell: &Cell) -> String {
        match self {
            Bucket::Data => format!("tidewater-{}-{}", cell.owner(), cell.region_name()),
            Bucket::Trail => format!("tidewater-trail-{}", cell.owner()),
        }
    }

    /// What it is for, and that nobody comes without TLS.
    fn policy(self, cell: &Cell) -> Value {
        let arn = format!("arn:aws:s3:::{}", self.name(cell));
        let inside = format!("{arn}/*");
        let mut statements = vec![json!({
            "Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [arn, inside],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        })];
        if self == Bucket::Trail {
            let service = json!({"Service": "cloudtrail.amazonaws.com"});
            statements.push(json!({
                "Sid": "TrailAsks", "Effect": "Allow", "Principal": service, "Action": "s3:GetBucketAcl", "Resource": arn,
            }));
            statements.push(json!({
                "Sid": "TrailWrites", "Effect": "Allow", "Principal": service, "Action": "s3:PutObject",
                "Resource": format!("{arn}/AWSLogs/*"),
                "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}},
            }));
        }
        json!({"Version": "2012-10-17", "Statement": statements})
    }
}

/// The body of a reply.
pub fn serve(call: &Call) -> Result<String, ApiError> {
    let cell = &call.cell;
    let mut x = Xml::with_room(call.room.get());
    match (call.service, call.action) {
        (Service::S3, "ListBuckets") => list_buckets(call, &mut x)?,
        (Service::S3, "GetBucketPolicy") => return Ok(named(call)?.policy(cell).to_string()),
        (Service::S3, action) => {
            let bucket = named(call)?;
            of_bucket(call, bucket, action, &mut x)?;
        }
        (_, "GetPublicAccessBlock") => root(call, &mut x, "PublicAccessBlockConfiguration", all_blocked),
        (_, "ListAccessPoints") => list_access_points(call, &mut x)?,
        (_, "GetAccessPoint") => {
            if call.need("Name")? != ACCESS_POINT || cell.regular_vpcs() == 0 {
                return Err(ApiError::new(404, "NoSuchAccessPoint", "The specified accesspoint does not exist"));
            }
            root(call, &mut x, "GetAccessPointResult", |x| {
                access_point(cell, x);
                x.node("PublicAccessBlockConfiguration", all_blocked);
                x.put("CreationDate", iso_millis(cell.created("access-point", 0)));
            });
        }
        (_, "ListMultiRegionAccessPoints") => list_multi_region(call, &mut x)?,
        (_, name) => return Err(ApiError::unknown_action(call.service.protocol(), name)),
    }
    Ok(x.finish())
}

/// An answer in its root element.
fn root(call: &Call, x: &mut Xml, tag: &str, inside: impl FnOnce(&mut Xml)) {
    x.raw(&format!("<{tag} xmlns=\"{}\">", call.service.namespace()));
    inside(x);
    x.raw(&format!("</{tag}>"));
}

/// The bucket that a call is about.
fn named(call: &Call) -> Result<Bucket, ApiError> {
    let name = call.need("Name")?;
    let found = Bucket::all(&call.cell).into_iter().find(|bucket| bucket.name(&call.cell) == name);
    found.ok_or_else(|| ApiError::new(404, "NoSuchBucket", "The specified bucket does not exist"))
}

fn list_buckets(call: &Call, x: &mut Xml) -> Result<(), ApiError> {
    let cell = &call.cell;
    if call.params.text("bucket-region").is_some_and(|region| region != cell.region_name()) {
        return Err(call.invalid("Argument value must be the region of the endpoint"));
    }
    let all = Bucket::all(cell);
    let page = call.page(all.len() as u32, PAGE)?;
    let range = page.range.start as usize..page.range.end as usize;
    root(call, x, "ListAllMyBucketsResult", |x| {
        x.node("Owner", |x| x.put("ID", canonical_id(cell)));
        x.items("Buckets", "Bucket", all.get(range).unwrap_or_default(), |x, bucket| {
            x.put("Name", bucket.name(cell));
            x.put("CreationDate", iso_millis(cell.created("bucket", *bucket as u64)));
            x.put("BucketRegion", cell.region_name());
            x.put("BucketArn", format!("arn:aws:s3:::{}", bucket.name(cell)));
        });
        if let Some(token) = page.next {
            x.put("ContinuationToken", token);
        }
    });
    Ok(())
}

fn canonical_id(cell: &Cell) -> String {
    letters(crate::hash::hash(cell.org.seed, &[u64::from(cell.account)]), b"0123456789abcdef", 64)
}

fn of_bucket(call: &Call, bucket: Bucket, action: &str, x: &mut Xml) -> Result<(), ApiError> {
    let cell = &call.cell;
    match action {
        "GetBucketAcl" => root(call, x, "AccessControlPolicy", |x| {
            x.node("Owner", |x| x.put("ID", canonical_id(cell)));
            x.items("AccessControlList", "Grant", [()], |x, ()| {
                let kind = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"";
                x.raw(&format!("<Grantee {kind}>"));
                x.put("ID", canonical_id(cell));
                x.raw("</Grantee>");
                x.put("Permission", "FULL_CONTROL");
            });
        }),
        "GetBucketLogging" => root(call, x, "BucketLoggingStatus", |x| {
            x.node("LoggingEnabled", |x| {
                x.put("TargetBucket", "tidewater-access-logs");
                x.put("TargetPrefix", format!("{}/", bucket.name(cell)));
            });
        }),
        "GetBucketOwnershipControls" => root(call, x, "OwnershipControls", |x| {
            x.node("Rule", |x| x.put("ObjectOwnership", "BucketOwnerEnforced"));
        }),
        "GetBucketVersioning" => root(call, x, "VersioningConfiguration", |x| {
            x.put("Status", "Enabled");
            if bucket == Bucket::Trail {
                x.put("MfaDelete", "Enabled");
            }
        }),
        "GetPublicAccessBlock" => root(call, x, "PublicAccessBlockConfiguration", all_blocked),
        name => return Err(ApiError::unknown_action(call.service.protocol(), name)),
    }
    Ok(())
}

fn all_blocked(x: &mut Xml) {
    for flag in ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"] {
        x.put(flag, true);
    }
}

fn list_access_points(call: &Call, x: &mut Xml) -> Result<(), ApiError> {
    let cell = &call.cell;
    let page = call.page(u32::from(cell.regular_vpcs() > 0), PAGE)?;
    root(call, x, "ListAccessPointsResult", |x| {
        x.items("AccessPointList", "AccessPoint", page.range, |x, _| access_point(cell, x));
        if let Some(token) = page.next {
            x.put("NextToken", token);
        }
    });
    Ok(())
}

fn access_point(cell: &Cell, x: &mut Xml) {
    x.put("Name", ACCESS_POINT);
    x.put("NetworkOrigin", "VPC");
    x.node("VpcConfiguration", |x| x.put("VpcId", cell.vpc_id(Vpc::Regular(0))));
    x.put("Bucket", Bucket::Data.name(cell));
    x.put("AccessPointArn", cell.arn("s3", &format!("accesspoint/{ACCESS_POINT}")));
    x.put("Alias", format!("{ACCESS_POINT}-{}-s3alias", letters(cell.hash("access-point", 0), LOWER, 20)));
    x.put("BucketAccountId", cell.owner());
}

/// What is kept once for an account is told as of its first region.
fn list_multi_region(call: &Call, x: &mut Xml) -> Result<(), ApiError> {
    let cell = &call.cell;
    let there = cell.class() == Class::DataProd && cell.regular_vpcs() > 0;
    let page = call.page(u32::from(there), PAGE)?;
    root(call, x, "ListMultiRegionAccessPointsResult", |x| {
        x.items("AccessPoints", "AccessPoint", page.range, |x, _| {
            x.put("Name", "data-everywhere");
            x.put("Alias", format!("{}.mrap", letters(cell.hash("mrap", 0), LOWER, 13)));
            x.put("CreatedAt", iso_millis(cell.created("mrap", 0)));
            x.node("PublicAccessBlock", all_blocked);
            x.put("Status", "READY");
            x.items("Regions", "Region", [()], |x, ()| {
                x.put("Bucket", Bucket::Data.name(cell));
                x.put("Region", cell.region_name());
                x.put("BucketAccountId", cell.owner());
            });
        });
        if let Some(token) = page.next {
            x.put("NextToken", token);
        }
    });
    Ok(())
}
