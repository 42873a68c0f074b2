//! Detective: the behavior graphs that the account administers.

use crate::collect::mirror::{insert, listed_of};
use crate::collect::reader::Reader;
use crate::resource::detective::BehaviorGraph;

pub async fn collect(reader: &Reader) {
    let detective = reader.detective();
    let graphs = reader
        .pages(
            "detective:ListGraphs",
            |token| detective.list_graphs().max_results(200).set_next_token(token).send(),
            |page| (page.graph_list.unwrap_or_default(), page.next_token),
        )
        .await;
    insert::<BehaviorGraph, _>(reader, graphs);
}

listed_of! { [aws_sdk_detective, detective] Graph => BehaviorGraph by [arn] { created_time } }
