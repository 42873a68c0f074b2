use crate::model::Kind;
use crate::model::facts::facts;
facts! { crate::resource::ec2::Subnet { "id": Kind::Text, "id", |r, _| crate::resource::AwsResource::id(r); } }
facts! { crate::resource::ec2::RouteTable { "id": Kind::Text, "id", |r, _| crate::resource::AwsResource::id(r); } }
facts! { crate::resource::ec2::NetworkAcl { "id": Kind::Text, "id", |r, _| crate::resource::AwsResource::id(r); } }
facts! { crate::resource::ec2::NetworkInterface { "id": Kind::Text, "id", |r, _| crate::resource::AwsResource::id(r); } }
facts! { crate::resource::ec2::InternetGateway { "id": Kind::Text, "id", |r, _| crate::resource::AwsResource::id(r); } }
facts! { crate::resource::ec2::EgressOnlyInternetGateway { "id": Kind::Text, "id", |r, _| crate::resource::AwsResource::id(r); } }
facts! { crate::resource::ec2::CarrierGateway { "id": Kind::Text, "id", |r, _| crate::resource::AwsResource::id(r); } }
facts! { crate::resource::ec2::NatGateway { "id": Kind::Text, "id", |r, _| crate::resource::AwsResource::id(r); } }
facts! { crate::resource::ec2::Address { "id": Kind::Text, "id", |r, _| crate::resource::AwsResource::id(r); } }
facts! { crate::resource::ec2::VpcPeeringConnection { "id": Kind::Text, "id", |r, _| crate::resource::AwsResource::id(r); } }
facts! { crate::resource::ec2::VpcEndpoint { "id": Kind::Text, "id", |r, _| crate::resource::AwsResource::id(r); } }
facts! { crate::resource::ec2::VpcEndpointService { "id": Kind::Text, "id", |r, _| crate::resource::AwsResource::id(r); } }
facts! { crate::resource::ec2::CustomerGateway { "id": Kind::Text, "id", |r, _| crate::resource::AwsResource::id(r); } }
facts! { crate::resource::ec2::VpnGateway { "id": Kind::Text, "id", |r, _| crate::resource::AwsResource::id(r); } }
facts! { crate::resource::ec2::VpnConnection { "id": Kind::Text, "id", |r, _| crate::resource::AwsResource::id(r); } }
facts! { crate::resource::ec2::TransitGateway { "id": Kind::Text, "id", |r, _| crate::resource::AwsResource::id(r); } }
facts! { crate::resource::ec2::TransitGatewayAttachment { "id": Kind::Text, "id", |r, _| crate::resource::AwsResource::id(r); } }
facts! { crate::resource::ec2::PrefixList { "id": Kind::Text, "id", |r, _| crate::resource::AwsResource::id(r); } }
facts! { crate::resource::ec2::FlowLog { "id": Kind::Text, "id", |r, _| crate::resource::AwsResource::id(r); } }
facts! { crate::resource::ec2::DhcpOptions { "id": Kind::Text, "id", |r, _| crate::resource::AwsResource::id(r); } }
facts! { crate::resource::ec2::Instance { "id": Kind::Text, "id", |r, _| crate::resource::AwsResource::id(r); } }
facts! { crate::resource::ec2::VpcBlockPublicAccessOptions { "id": Kind::Text, "id", |r, _| crate::resource::AwsResource::id(r); } }
facts! { crate::resource::ec2::VpcBlockPublicAccessExclusion { "id": Kind::Text, "id", |r, _| crate::resource::AwsResource::id(r); } }
facts! { crate::resource::ec2::AccountSettings { "id": Kind::Text, "id", |r, _| crate::resource::AwsResource::id(r); } }
