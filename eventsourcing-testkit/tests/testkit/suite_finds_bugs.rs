//! Each of these bugs is found by the cases that are about it.

use std::panic::catch_unwind;
use std::sync::Arc;

use eventsourcing_testkit::conformance::{Setup, cases};

use crate::broken_store::{BrokenStore, Bug};

/// A case finds a bug of chance within so many runs.
const RUNS: usize = 50;

type Case = fn(fn() -> Arc<dyn Setup>);

macro_rules! found {
    ($($test:ident: $bug:ident by $($area:ident::$case:ident),+;)*) => {
        $(
            #[test]
            fn $test() {
                let setup: fn() -> Arc<dyn Setup> = || Arc::new(BrokenStore::with(Bug::$bug));
                $(
                    let case: Case = cases::$area::$case;
                    let found = (0..RUNS).any(|_| catch_unwind(|| case(setup)).is_err());
                    assert!(found, "{}::{} should fail", stringify!($area), stringify!($case));
                )+
            }
        )*
    };
}

found! {
    conditions_on_streams_that_are_only_read_are_dropped: ReadOnlyConditionsDropped by
        conditions::a_stream_that_was_only_read_conflicts_as_well,
        conditions::conditions_are_checked_without_events,
        concurrency::two_decisions_on_what_the_other_writes_do_not_both_stand;
    any_event_type_conflicts: ConditionTypesIgnored by
        conditions::events_of_other_types_do_not_conflict,
        conditions::a_condition_on_no_types_always_holds,
        model::random_steps_are_answered_as_the_model_does;
    appends_are_torn: EventsAppendedOneByOne by
        read::streams_are_read_at_one_moment,
        limits::one_bad_event_keeps_the_others_out;
    commands_are_not_recorded: CommandIdsIgnored by
        commands::a_repeated_command_returns_its_first_outcome,
        commands::another_command_under_the_same_id_is_refused,
        commands::commands_sent_at_the_same_time_take_effect_once,
        model::random_steps_are_answered_as_the_model_does;
    commands_without_events_are_not_recorded: EmptyCommandsForgotten by
        commands::a_command_without_events_is_recorded,
        settle::an_append_without_events_is_found_by_its_command_id;
    links_are_dropped: LinksDropped by
        links::the_head_counts_linked_events,
        dictionary::linked_streams_count,
        model::random_steps_are_answered_as_the_model_does;
    the_filter_hides_the_head: HeadHidden by
        read::a_filter_hides_events_but_not_the_head,
        model::random_steps_are_answered_as_the_model_does;
    streams_are_read_one_by_one: StreamsReadOneByOne by
        read::streams_are_read_at_one_moment;
    the_feed_stays_before_what_does_not_pass_the_filter: ScannedToLastReturned by
        feed::what_does_not_pass_the_filter_is_scanned_all_the_same,
        tenants::a_feed_gets_past_events_of_other_tenants,
        model::random_steps_are_answered_as_the_model_does;
    pages_are_as_large_as_they_get: PageSizeIgnored by
        feed::a_page_holds_no_more_events_than_asked_for,
        feed::a_page_holds_no_more_bytes_than_asked_for,
        feed::one_event_is_returned_however_large;
    json_is_written_anew: JsonNormalised by
        bytes::json_comes_back_as_it_was_written;
    tenants_share_everything: TenantsShared by
        tenants::streams_of_one_name_are_apart,
        tenants::a_command_id_is_free_for_another_tenant,
        tenants::checkpoints_are_apart,
        tenants::a_tenant_notices_nothing_of_another;
    nothing_is_ever_settled: NothingSettled by
        settle::an_append_that_took_effect_is_present,
        cancellation::a_dropped_append_is_whole_or_absent;
    progress_is_saved_afterwards: ProgressSavedAfterwards by
        progress::what_an_overtaken_reader_has_caused_is_not_written,
        concurrency::of_appends_at_the_same_time_one_moves_the_reader,
        concurrency::readers_that_race_take_each_step_once,
        model::random_steps_are_answered_as_the_model_does;
    writes_of_rows_are_not_counted: WritesNotCounted by
        rows::a_write_from_elsewhere_is_overtaken,
        rows::a_write_that_is_repeated_is_overtaken,
        rows::writers_that_race_lose_no_update;
    rows_are_written_one_by_one: RowsWrittenOneByOne by
        row_values::one_bad_table_keeps_the_others_out;
    fences_are_ignored: FencesIgnored by
        fences::a_write_of_one_who_has_lost_the_lease_is_fenced_off,
        fences::a_place_alone_is_saved_under_the_lease_and_fenced_off_without_it,
        fences::a_write_without_a_lease_is_fenced_off,
        fences::a_lease_of_another_tenant_is_no_fence;
    fences_are_checked_before_the_write: FencesCheckedBefore by
        fences::no_write_takes_effect_after_the_lease_was_taken_over;
    rows_and_places_are_read_apart: RowsAndPlacesReadApart by
        row_reads::rows_and_places_are_of_one_moment;
}
