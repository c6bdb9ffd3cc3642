//! Each bug is found, as what it is, by one run of the workload.

use std::sync::Arc;

use eventsourcing_testkit::fault::{FaultPlan, FaultyStore};
use eventsourcing_testkit::history::{Report, Violation, Workload, WorkloadError};

use crate::bug::Bug;
use crate::store::BuggyStore;

const SEED: u64 = 1;

/// Under faults, as bugs often show only then.
async fn report(bug: Bug) -> Result<Report, WorkloadError> {
    let store = FaultyStore::new(Arc::new(BuggyStore::new(Some(bug))), FaultPlan::rough(SEED));
    let workload = Workload::new(SEED).clients(6).commands(60).streams(8);
    Ok(workload.run(Arc::new(store)).await?.check())
}

macro_rules! found {
    ($($test:ident: $bug:ident as $violation:pat,)*) => {
        $(
            #[tokio::test(start_paused = true)]
            async fn $test() -> Result<(), WorkloadError> {
                let report = report(Bug::$bug).await?;
                let is_found = report.has(|violation| matches!(violation, $violation));
                assert!(is_found, "{} was not found; {report}", stringify!($bug));
                Ok(())
            }
        )*
    };
}

found! {
    no_condition_is_checked: DropsConditions as Violation::StaleDecision { .. },
    unwritten_streams_are_not_checked: DropsConditionsOnUnwrittenStreams as Violation::StaleDecision { .. },
    decisions_against_writing_are_not_checked: DropsConditionsOfEmptyAppends as Violation::StaleDecision { .. },
    conditions_are_checked_before_the_lock: ChecksConditionsBeforeLocking as Violation::StaleDecision { .. },
    typed_conditions_never_fail: DropsTypedConditions as Violation::StaleDecision { .. },
    linked_events_do_not_count_for_conditions: DropsLinksFromConditions as Violation::StaleDecision { .. },
    events_of_other_types_conflict: IgnoresTypesOfConditions as Violation::SpuriousConflict { .. },

    appends_are_lost: LosesAppends as Violation::Lost { .. },
    appends_are_torn: TearsAppends as Violation::Torn { .. },
    appends_of_unknown_outcome_are_torn: TearsUnknownAppends as Violation::Torn { .. },
    failed_appends_are_written: WritesDespiteConflicts as Violation::FailedVisible { .. },
    appends_of_unknown_outcome_are_doubled: DoublesUnknownAppends as Violation::EventTwice { .. },
    appends_of_unknown_outcome_are_redone: RedoesUnknownAppends as Violation::Stranger { .. },
    appends_are_interleaved: InterleavesAppends as Violation::Interleaved { .. },
    payloads_are_reformatted: ReformatsPayloads as Violation::Altered { what: "payload", .. },
    other_versions_are_acknowledged: AcknowledgesOtherVersions as Violation::Altered { .. },
    another_position_is_acknowledged: AcknowledgesOtherPosition as Violation::Altered { what: "position", .. },

    versions_are_left_out: SkipsVersions as Violation::VersionGap { .. },
    versions_are_given_twice: ReusesVersions as Violation::VersionReused { .. },
    links_take_the_home_version: GivesLinksTheHomeVersion as Violation::VersionGap { .. },
    positions_are_not_in_commit_order: TakesPositionsBeforeCommitting as Violation::Skipped { .. },

    what_is_present_is_settled_as_absent: SettlesAsAbsent as Violation::EventTwice { .. },
    what_is_on_its_way_is_settled_as_absent: SettlesTooEarly as
        Violation::EventTwice { .. } | Violation::FailedVisible { .. },
    command_ids_are_forgotten: ForgetsCommandIds as Violation::CommandTwice { .. },
    reads_do_not_find_command_ids: HidesCommandIds as Violation::CommandForgotten { .. },

    streams_are_read_one_by_one: ReadsStreamsOneByOne as Violation::FracturedRead { .. },
    reads_are_stale: ReadsFromACache as Violation::StaleRead { .. },
    reads_lack_events: ReadsEventsFromACache as Violation::WrongSlice { .. },
    heads_do_not_count_links: DropsLinksFromHeads as Violation::StaleRead { .. },
    heads_do_not_count_hidden_events: HidesHeads as Violation::StaleRead { .. },
    reads_see_what_is_not_committed: ReadsUncommitted as
        Violation::ReadAhead { .. } | Violation::OrderInverted { .. },

    pages_skip_an_event_at_their_end: SkipsEventsAtPageEnds as Violation::Skipped { .. },
    pages_repeat_an_event: RepeatsEventsAtPageEnds as Violation::DeliveredTwice { .. },
    pages_are_out_of_order: SortsPagesByStream as Violation::Disordered { .. },
    pages_are_not_filtered: IgnoresFeedFilters as Violation::Unexpected { .. },
    pages_lack_linked_events: DropsLinksFromFeeds as Violation::Skipped { .. },
    the_feed_ends_early: EndsFeedsEarly as Violation::StaleFeed { .. },
}
