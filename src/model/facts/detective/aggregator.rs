//! Facts of Config's aggregators.

use crate::model::facts::facts;
use crate::model::watching::any;
use crate::model::{Context, Kind, Value};
use crate::resource::detective::ConfigurationAggregator;

const AGGREGATORS: &str = "config:DescribeConfigurationAggregators";

facts! { ConfigurationAggregator {
    "name": Kind::Text, "the aggregator's name", |aggregator, _| &aggregator.configuration_aggregator_name;
    "is_organization": Kind::Bool, "whether it gathers from every account of the organization",
        |aggregator, _| aggregator.organization_aggregation_source.is_some();
    "all_regions": Kind::Bool, "whether it gathers from every region, from each of its accounts",
        |aggregator, _| all_regions(aggregator);
    "accounts": Kind::Texts, "the accounts that it names one by one",
        |aggregator, _| aggregator.account_aggregation_sources.iter().flat_map(|source| &source.account_ids).cloned().collect::<Vec<_>>();
}}

fn all_regions(aggregator: &ConfigurationAggregator) -> bool {
    let organization = aggregator.organization_aggregation_source.iter().map(|source| source.all_aws_regions);
    let accounts = aggregator.account_aggregation_sources.iter().map(|source| source.all_aws_regions);
    organization.chain(accounts).all(|all| all)
}

/// Whether, in some region of the account, an aggregator gathers from the whole organization and every region.
pub fn aggregates_organization(context: &Context<'_>) -> Value {
    Value::known(any(context.model.regions_of(context.scope).map(|region| {
        let mut all = context.model.inventory.in_scope::<ConfigurationAggregator>(region);
        let whole = all.any(|one| one.organization_aggregation_source.as_ref().is_some_and(|of| of.all_aws_regions));
        if whole { Ok(true) } else { context.require_in(region, AGGREGATORS).map(|()| false) }
    })))
}
