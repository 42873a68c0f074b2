//! What is wrong with the organization, declared once.
//!
//! The pages ask [`Organization::has`]; the ground truth walks the same table.
//! A defect that follows from another one (a key never used in 400 days is also
//! an old key) is declared beside it, so the table is what a scanner should
//! find and not only what was put in.

use crate::org::{Class, Organization};

/// Where a defect is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// IAM and account settings.
    Global,
    /// The region with this index; absent if the organization has fewer.
    Region(usize),
    /// Every region of the organization.
    EveryRegion,
}

macro_rules! codes {
    ($($name:ident $text:literal $about:literal;)*) => {
        /// The kinds of defect. The names are those of the seeded test estate
        /// wherever it has the same defect.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code { $(#[doc = $about] $name,)* }

        impl Code {
            /// Every kind of defect.
            pub const ALL: &[Code] = &[$(Code::$name,)*];

            /// The name in ground truth, such as `SG_SSH_V4`.
            pub fn name(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }

            /// What is wrong, in a few words.
            pub fn about(self) -> &'static str {
                match self { $(Code::$name => $about,)* }
            }
        }
    };
}

codes! {
    SgSshV4 "SG_SSH_V4" "tcp/22 from 0.0.0.0/0";
    SgSshV6 "SG_SSH_V6" "tcp/22 from ::/0";
    SgSshSplit "SG_SSH_SPLIT" "tcp/22 from 0.0.0.0/1 and 128.0.0.0/1 in one rule";
    SgSshSplitRules "SG_SSH_SPLIT_RULES" "the two halves of the internet in two rules whose port ranges both hold 22";
    SgSshPrefixList "SG_SSH_PREFIX_LIST" "tcp/22 from a prefix list whose entries add up to the internet";
    SgAllOpen "SG_ALL_OPEN" "every protocol and port from 0.0.0.0/0";
    SgRdpRange "SG_RDP_RANGE" "tcp/3380-3400 from 0.0.0.0/0 holds 3389";
    SgDbOpen "SG_DB_OPEN" "tcp/5432 from 0.0.0.0/0";
    SgUnused "SG_UNUSED" "attached to no interface and referenced by no group";
    SgDefaultRules "SG_DEFAULT_RULES" "the default group of the VPC still has rules";
    NaclSshOpen "NACL_SSH_OPEN" "an effective allow of tcp/22 from 0.0.0.0/0";
    NaclDenyShadowed "NACL_DENY_SHADOWED" "a deny of tcp/22 that an earlier allow makes dead";
    SubnetAutoPublicIp "SUBNET_AUTO_PUBLIC_IP" "instances get a public address at launch";
    RtPeeringWide "RT_PEERING_WIDE" "a peering route of /8";
    IgwAttached "IGW_ATTACHED" "an internet gateway attached to a VPC";
    IgwDetached "IGW_DETACHED" "an internet gateway attached to no VPC";
    EipUnassociated "EIP_UNASSOCIATED" "an address allocated and associated with nothing";
    VpcNoFlowLog "VPC_NO_FLOW_LOG" "no flow log on the VPC";
    VpcDefaultPresent "VPC_DEFAULT_PRESENT" "the default VPC exists";
    VpceOpenPolicy "VPCE_OPEN_POLICY" "the endpoint policy allows everyone everything";
    CgwUnused "CGW_UNUSED" "a customer gateway without a VPN connection";
    PeeringForeign "PEERING_FOREIGN" "peered with an account outside the organization";
    Ec2SshExposed "EC2_SSH_EXPOSED" "public address, route, group and NACL all let the internet reach tcp/22";
    Ec2Imdsv1 "EC2_IMDSV1" "the instance metadata service answers without a token";
    EbsUnencrypted "EBS_UNENCRYPTED" "a volume, and so its snapshot, is not encrypted";
    EbsSnapshotPublic "EBS_SNAPSHOT_PUBLIC" "anyone may restore a snapshot";
    AmiPublic "AMI_PUBLIC" "anyone may launch from an image of the account's own";
    TemplateImdsv1 "LT_IMDSV1" "a launch template's default version leaves IMDSv1 on";
    ClientVpnNoLog "CLIENT_VPN_NO_LOG" "nobody records who connects to a Client VPN endpoint";
    EbsDefaultOff "EBS_ENCRYPTION_DEFAULT_OFF" "new volumes are not encrypted by default";
    SnapshotPublic "SNAPSHOT_PUBLIC_ACCESS_ALLOWED" "snapshots may be shared with everyone";
    ImagePublic "IMAGE_PUBLIC_ACCESS_ALLOWED" "images may be shared with everyone";
    RootNoMfa "IAM_ROOT_NO_MFA" "the root user has no MFA device";
    RootKey "IAM_ROOT_ACCESS_KEY" "the root user has an access key";
    UserNoMfa "IAM_USER_NO_MFA" "console password without MFA";
    PasswordStale "IAM_PASSWORD_STALE" "console password not used for 90 days";
    KeyOld "IAM_KEY_OLD" "active key older than 90 days";
    KeyStale "IAM_KEY_STALE" "active key not used for 90 days";
    KeyNeverUsed "IAM_KEY_NEVER_USED" "active key of 400 days that was never used";
    KeyInactive "IAM_KEY_INACTIVE" "an inactive key left behind";
    TwoActiveKeys "IAM_TWO_ACTIVE_KEYS" "two active keys";
    UserInline "IAM_USER_INLINE" "inline policy on a user";
    UserAttached "IAM_USER_ATTACHED" "managed policy attached to a user";
    AdminStar "IAM_ADMIN_STAR" "a policy or principal with Allow * on *";
    TrustWildcard "IAM_TRUST_WILDCARD" "role that anyone may assume";
    TrustExternal "IAM_TRUST_EXTERNAL" "role trusted to an outside account without an external id";
    RoleStale "IAM_ROLE_STALE" "role not used for 90 days";
    PolicyUnattached "IAM_POLICY_UNATTACHED" "customer policy attached to nothing";
    GroupEmpty "IAM_GROUP_EMPTY" "group without members";
    NoPasswordPolicy "IAM_NO_PASSWORD_POLICY" "no account password policy";
    WeakPasswordPolicy "IAM_WEAK_PASSWORD_POLICY" "passwords of 8 characters, no reuse prevention";
    TrailStopped "CT_NOT_LOGGING" "a trail exists and is stopped";
    TrailNone "CT_OFF" "no working trail covers this region";
    ConfigOff "CONFIG_OFF" "no running configuration recorder";
    GuardDutyOff "GD_OFF" "no enabled detector";
    SecurityHubOff "SH_OFF" "Security Hub is not enabled";
    AnalyzerOff "AA_OFF" "no access analyzer";
    SsmDocumentPublic "SSM_DOCUMENT_PUBLIC" "anyone may run a document of the account's own";
    InspectorOff "INSPECTOR_OFF" "nothing is scanned for known weaknesses";
    MacieOff "MACIE_OFF" "nobody looks for what should not lie in buckets";
    NoSecurityContact "ACCOUNT_NO_SECURITY_CONTACT" "no alternate contact for security";
}

struct Plant {
    class: Class,
    place: Place,
    code: Code,
    /// Epochs in which the defect is there: from the first to the second.
    epochs: (u64, u64),
}

const fn plant(class: Class, place: Place, code: Code) -> Plant {
    Plant { class, place, code, epochs: (0, u64::MAX) }
}

const fn during(class: Class, place: Place, code: Code, epochs: (u64, u64)) -> Plant {
    Plant { class, place, code, epochs }
}

use Class::{DataProd, Sandbox, ShopDev, ShopProd};
use Place::{EveryRegion, Global, Region};

static PLANTS: &[Plant] = &[
    // the shop's production
    plant(ShopProd, Region(1), Code::SgSshSplitRules),
    plant(ShopProd, Region(2), Code::SgSshPrefixList),
    plant(ShopProd, Region(0), Code::RtPeeringWide),
    // The first change of the demo: the address is released, a group opened.
    during(ShopProd, Region(0), Code::EipUnassociated, (0, 0)),
    during(ShopProd, Region(0), Code::SgSshV4, (1, u64::MAX)),
    plant(ShopProd, Global, Code::KeyNeverUsed),
    plant(ShopProd, Global, Code::KeyInactive),
    plant(ShopProd, Global, Code::UserAttached),
    // the data platform's production
    plant(DataProd, Region(1), Code::SgSshSplit),
    plant(DataProd, Region(0), Code::SgUnused),
    plant(DataProd, Region(2), Code::VpcNoFlowLog),
    plant(DataProd, Region(0), Code::CgwUnused),
    plant(DataProd, Region(2), Code::GuardDutyOff),
    plant(DataProd, Region(1), Code::InspectorOff),
    plant(DataProd, Global, Code::KeyStale),
    plant(DataProd, Global, Code::TwoActiveKeys),
    plant(DataProd, Global, Code::TrustExternal),
    plant(DataProd, Global, Code::RoleStale),
    // the shop's development
    plant(ShopDev, Region(0), Code::SgSshV4),
    plant(ShopDev, Region(0), Code::NaclSshOpen),
    plant(ShopDev, Region(0), Code::Ec2SshExposed),
    plant(ShopDev, Region(1), Code::SgDbOpen),
    plant(ShopDev, Region(1), Code::SubnetAutoPublicIp),
    plant(ShopDev, Region(1), Code::EbsUnencrypted),
    plant(ShopDev, Region(2), Code::TemplateImdsv1),
    plant(ShopDev, Region(2), Code::SgDefaultRules),
    plant(ShopDev, Region(2), Code::ConfigOff),
    plant(ShopDev, Global, Code::RootKey),
    plant(ShopDev, Global, Code::UserNoMfa),
    plant(ShopDev, Global, Code::KeyOld),
    plant(ShopDev, Global, Code::AdminStar),
    plant(ShopDev, Global, Code::WeakPasswordPolicy),
    // the sandbox
    plant(Sandbox, Region(0), Code::VpcDefaultPresent),
    plant(Sandbox, Region(0), Code::SgRdpRange),
    plant(Sandbox, Region(0), Code::PeeringForeign),
    plant(Sandbox, Region(0), Code::EbsDefaultOff),
    plant(Sandbox, Region(0), Code::SnapshotPublic),
    plant(Sandbox, Region(0), Code::ImagePublic),
    plant(Sandbox, Region(0), Code::EbsSnapshotPublic),
    plant(Sandbox, Region(0), Code::AmiPublic),
    plant(Sandbox, Region(1), Code::ClientVpnNoLog),
    plant(Sandbox, Region(1), Code::SsmDocumentPublic),
    plant(Sandbox, Region(1), Code::SgAllOpen),
    plant(Sandbox, Region(1), Code::NaclDenyShadowed),
    plant(Sandbox, Region(1), Code::Ec2Imdsv1),
    plant(Sandbox, Region(1), Code::VpceOpenPolicy),
    plant(Sandbox, Region(2), Code::SgSshV6),
    plant(Sandbox, Region(2), Code::IgwDetached),
    plant(Sandbox, Region(2), Code::MacieOff),
    plant(Sandbox, EveryRegion, Code::AnalyzerOff),
    plant(Sandbox, EveryRegion, Code::SecurityHubOff),
    plant(Sandbox, Global, Code::RootNoMfa),
    plant(Sandbox, Global, Code::PasswordStale),
    plant(Sandbox, Global, Code::UserInline),
    plant(Sandbox, Global, Code::TrustWildcard),
    plant(Sandbox, Global, Code::PolicyUnattached),
    plant(Sandbox, Global, Code::GroupEmpty),
    plant(Sandbox, Global, Code::NoPasswordPolicy),
    plant(Sandbox, Global, Code::TrailStopped),
    plant(Sandbox, Global, Code::NoSecurityContact),
];

impl Organization {
    /// Whether this account has the defect in the region (`None` asks for
    /// account-wide defects).
    pub(crate) fn has(&self, account: u32, region: Option<usize>, code: Code) -> bool {
        self.defects && self.plants(account).any(|plant| plant.code == code && plant.place.holds(region))
    }

    /// The defects of an account, each with the place it is in.
    pub(crate) fn planted(&self, account: u32) -> impl Iterator<Item = (Place, Code)> {
        self.plants(account).filter(|_| self.defects).map(|plant| (plant.place, plant.code))
    }

    fn plants(&self, account: u32) -> impl Iterator<Item = &'static Plant> {
        let class = self.class(account);
        let epoch = self.epoch;
        PLANTS.iter().filter(move |plant| plant.class == class && plant.epochs.0 <= epoch && epoch <= plant.epochs.1)
    }
}

impl Place {
    fn holds(self, region: Option<usize>) -> bool {
        match (self, region) {
            (Place::Global, None) | (Place::EveryRegion, Some(_)) => true,
            (Place::Region(mine), Some(asked)) => mine == asked,
            _ => false,
        }
    }
}
