//! The [contract](eventsourcing_core::store) as tests, for every store.
//!
//! In a test of the store's crate:
//!
//! ```
//! use eventsourcing_memory::MemoryStore;
//!
//! eventsourcing_testkit::conformance!(MemoryStore::new());
//! # fn main() {}
//! ```
//!
//! This is a module `conformance` with one `#[test]` for each case, so a failure reads
//! `conformance::conditions::a_conflict_writes_nothing`. Every store gets every case; only those about sharing a store end
//! early if its [`Capabilities`](eventsourcing_core::store::Capabilities) say that it cannot be shared, and those about SQL if it has none.
//!
//! The expression makes a [`Setup`] and is evaluated for each case anew, so no two cases share a store. To test a store in
//! more than one way, put each `conformance!` into a module of its own.
//!
//! Each case runs in a tokio runtime of its own with two threads, and fails if it takes longer than two minutes. The
//! environment variables of `proptest`, such as `PROPTEST_CASES` and `PROPTEST_RNG_SEED`, apply to the area `model`.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a case fails by panicking, as every test does"
)]

mod append;
mod bytes;
mod cancellation;
mod checkpoints;
mod commands;
mod concurrency;
mod conditions;
mod dictionary;
mod feed;
mod fences;
mod identity;
mod leases;
mod ledger;
mod limits;
mod lines;
mod links;
mod log;
mod model;
mod poll;
mod progress;
mod read;
mod reader;
mod reopening;
mod row_limits;
mod row_reads;
mod row_tables;
mod row_values;
mod rows;
mod settle;
mod setup;
mod snapshots;
mod sql;
mod subject;
mod tenants;
mod waiting;
mod worker;

use log::Log;
use reader::Reader;
pub use setup::{RunSql, Setup};
use subject::Subject;

/// Tests a store against the whole contract. See the module [`conformance`](mod@crate::conformance).
#[macro_export]
macro_rules! conformance {
    ($setup:expr $(,)?) => {
        mod conformance {
            #[allow(
                unused_imports,
                reason = "the setup may name what is in scope outside, or nothing of it"
            )]
            use super::*;

            fn setup() -> ::std::sync::Arc<dyn $crate::conformance::Setup> {
                ::std::sync::Arc::new($setup)
            }

            $crate::__for_each_case!($crate::__test_each_case);
        }
    };
}

/// Calls a macro with every case of every area.
#[doc(hidden)]
#[macro_export]
macro_rules! __for_each_case {
    ($callback:path) => {
        $callback! {
            append {
                an_append_reaches_every_stream_it_names,
                versions_follow_the_order_of_the_events,
                versions_go_on_without_a_gap,
                a_conflict_leaves_no_gap_in_the_versions,
                positions_grow_over_all_streams,
                events_of_one_append_follow_each_other_in_the_feed,
                what_an_append_returns_is_what_is_read_later,
                an_event_comes_back_with_everything_it_was_given,
                an_append_of_nothing_succeeds_at_the_end_of_the_log,
                an_acknowledged_append_is_seen_by_the_next_read,
            }
            conditions {
                a_stream_that_has_not_moved_on_may_be_written,
                a_written_stream_that_has_moved_on_conflicts,
                a_stream_that_was_only_read_conflicts_as_well,
                a_stream_that_was_absent_and_is_not_any_more_conflicts,
                an_absent_stream_is_absent,
                the_events_of_the_append_itself_do_not_conflict,
                a_stream_without_a_condition_takes_anything,
                a_conflict_writes_nothing,
                a_conflict_says_which_stream_has_moved_on_and_how_far,
                the_first_condition_that_fails_is_the_one_named,
                events_of_other_types_do_not_conflict,
                events_of_the_named_types_conflict,
                events_of_the_named_types_do_not_conflict_once_seen,
                a_condition_on_no_types_always_holds,
                a_version_that_the_stream_has_not_reached_holds,
                conditions_are_checked_without_events,
                all_conditions_on_one_stream_have_to_hold,
            }
            links {
                a_linked_event_takes_a_version_in_each_stream,
                the_head_counts_linked_events,
                a_linked_event_is_read_in_each_stream,
                a_linked_event_comes_once_in_the_feed,
                home_and_linked_events_share_the_versions_of_a_stream,
                links_keep_their_order,
                a_linked_event_conflicts_in_the_linked_stream,
                a_linked_stream_needs_no_condition,
                a_linked_stream_may_have_a_condition,
            }
            commands {
                a_repeated_command_returns_its_first_outcome,
                a_repeated_command_writes_nothing,
                a_repeated_command_is_found_before_its_conditions_are_checked,
                the_first_outcome_stays_what_it_was,
                a_command_without_events_is_recorded,
                another_command_under_the_same_id_is_refused,
                another_command_under_the_same_id_is_refused_before_conditions_are_checked,
                another_command_under_the_same_id_is_refused_when_streams_are_read,
                a_failed_append_records_no_command,
                a_command_is_found_when_streams_are_read,
                a_command_without_events_is_found_when_streams_are_read,
                a_command_that_has_not_run_is_not_found,
                commands_sent_at_the_same_time_take_effect_once,
            }
            read {
                only_events_after_the_version_are_returned,
                only_events_up_to_the_version_are_returned,
                linked_events_count_up_to_the_version_too,
                a_filter_hides_events_but_not_the_head,
                a_filter_of_no_types_reads_the_head_alone,
                filter_and_version_both_count,
                an_absent_stream_has_no_head_and_no_events,
                slices_come_in_the_order_of_the_request,
                a_stream_may_be_read_twice_at_once,
                reading_no_stream_gives_no_slice,
                a_long_stream_is_read_whole,
                streams_are_read_at_one_moment,
            }
            dictionary {
                names_are_listed_once_and_in_order,
                linked_streams_count,
                a_category_without_events_has_no_names,
                the_size_grows_with_each_new_pair_and_only_then,
                the_size_comes_with_a_repeated_command,
                the_size_is_that_of_the_dictionary,
                every_page_of_the_feed_tells_the_size,
            }
            feed {
                an_empty_log_has_an_empty_feed,
                the_feed_is_in_commit_order,
                an_event_in_two_streams_of_a_category_takes_one_place_on_a_page,
                reading_goes_on_after_any_checkpoint,
                a_reader_that_keeps_up_sees_what_is_appended_later,
                the_feed_gives_what_passes_the_filter,
                what_does_not_pass_the_filter_is_scanned_all_the_same,
                nothing_that_passes_the_filter_lies_unreturned_before_scanned_to,
                a_page_holds_no_more_events_than_asked_for,
                a_page_holds_no_more_bytes_than_asked_for,
                one_event_is_returned_however_large,
                every_page_tells_the_end_of_the_log,
            }
            waiting {
                waiting_ends_at_once_if_the_log_is_further_on,
                waiting_ends_when_something_is_appended,
                everybody_who_waits_is_woken,
                events_of_any_tenant_end_the_waiting,
                whoever_stops_waiting_is_missed_by_nobody,
            }
            checkpoints {
                what_is_saved_is_loaded,
                there_is_none_at_first,
                a_later_one_takes_its_place,
                the_same_may_be_saved_again,
                the_beginning_of_the_log_may_be_saved,
                an_earlier_one_is_refused,
                one_ahead_of_the_log_is_refused,
                one_of_another_store_is_refused,
                one_of_another_epoch_is_refused,
                once_forgotten_the_next_may_lie_anywhere,
                one_that_is_not_there_can_be_forgotten,
                names_are_apart,
                a_feed_is_read_only_after_a_checkpoint_of_its_log,
            }
            progress {
                a_reader_moves_with_what_it_has_caused,
                an_append_of_nothing_else_moves_the_reader_alone,
                a_reader_may_stay_where_it_is,
                a_reader_that_is_elsewhere_is_overtaken,
                what_an_overtaken_reader_has_caused_is_not_written,
                a_reader_stays_if_a_condition_fails,
                conditions_without_events_are_checked_before_the_reader_moves,
                a_repeated_command_moves_the_reader_and_nothing_else,
                a_repeated_command_does_not_help_an_overtaken_reader,
                a_command_id_used_for_something_else_is_told_first,
                an_overtaken_reader_is_told_before_a_conflict,
                a_reader_moves_within_its_log_alone,
                a_reader_does_not_move_to_what_it_causes,
                a_reader_does_not_move_back,
                what_was_saved_counts,
                a_reader_that_was_forgotten_has_no_checkpoint,
                readers_of_one_name_are_apart_by_tenant,
                whoever_opens_the_store_next_finds_the_reader_where_it_was_moved,
            }
            tenants {
                streams_of_one_name_are_apart,
                events_of_another_tenant_do_not_conflict,
                links_stay_within_the_tenant,
                a_tenant_that_has_done_nothing_is_empty,
                a_command_id_is_free_for_another_tenant,
                an_event_id_is_free_for_another_tenant,
                an_append_of_another_tenant_is_not_found_when_settling,
                a_feed_holds_the_events_of_its_tenant_alone,
                a_feed_gets_past_events_of_other_tenants,
                positions_grow_over_all_tenants,
                dictionaries_are_apart,
                checkpoints_are_apart,
                a_tenant_notices_nothing_of_another,
            }
            identity {
                every_handle_tells_the_same_identity,
                two_stores_are_told_apart,
                readers_get_checkpoints_of_this_store,
                handles_of_one_tenant_are_the_same_log,
            }
            settle {
                an_append_that_took_effect_is_present,
                an_append_that_was_never_sent_is_absent,
                an_append_that_failed_is_absent,
                an_append_under_a_command_id_is_present,
                an_append_without_events_is_found_by_its_command_id,
                settling_twice_gives_the_same_answer,
                what_was_absent_can_be_appended_again,
                an_append_that_moved_a_reader_is_settled_by_its_events,
                an_append_that_only_moves_a_reader_is_settled_by_its_checkpoint,
                an_append_under_a_command_id_is_settled_by_that_and_its_checkpoint,
            }
            limits {
                payloads_are_limited,
                metadata_is_limited,
                the_nesting_of_json_is_limited,
                the_streams_of_an_event_are_limited,
                the_events_of_an_append_are_limited,
                the_bytes_of_an_append_are_limited,
                the_conditions_of_an_append_are_limited,
                the_streams_of_a_read_are_limited,
                the_longest_names_are_taken,
                a_payload_that_is_not_json_is_refused,
                an_event_that_names_a_stream_twice_is_refused,
                an_event_that_comes_twice_is_refused,
                a_schema_version_of_zero_is_refused,
                one_bad_event_keeps_the_others_out,
            }
            bytes {
                json_comes_back_as_it_was_written,
                json_that_few_can_read_comes_back_or_is_refused,
                binary_payloads_come_back_as_they_were,
                metadata_comes_back_as_it_was,
                ids_at_the_ends_come_back,
                the_largest_schema_version_comes_back_or_is_refused,
                content_types_come_back_as_they_were,
                hostile_stream_ids_name_just_their_stream,
                hostile_stream_ids_may_be_linked,
                categories_that_look_alike_are_apart,
                event_types_that_look_alike_are_apart,
                tenants_that_look_alike_are_apart,
                hostile_checkpoint_names_name_just_their_checkpoint,
                readers_of_hostile_names_are_moved_apart,
            }
            cancellation {
                a_dropped_append_is_whole_or_absent,
                a_dropped_command_takes_effect_once_when_it_is_sent_again,
                dropped_reads_leave_the_store_usable,
                a_dropped_checkpoint_is_saved_or_not,
                a_dropped_append_moves_the_reader_or_writes_nothing,
                many_dropped_calls_use_nothing_up,
            }
            concurrency {
                no_update_is_lost,
                two_decisions_on_what_the_other_writes_do_not_both_stand,
                appends_that_cross_do_not_block_each_other,
                a_follower_sees_every_event_once_and_in_order,
                what_one_reader_has_seen_another_does_not_miss,
                of_appends_at_the_same_time_one_moves_the_reader,
                readers_that_race_take_each_step_once,
            }
            row_tables {
                a_version_that_is_prepared_has_empty_tables,
                preparing_again_changes_nothing,
                a_fingerprint_comes_back_whatever_it_is,
                the_number_of_slices_comes_back_as_it_was_at_first,
                a_version_is_active_once_it_is_activated_until_another_is,
                which_version_is_active_is_the_same_for_all_tenants,
                a_version_that_is_not_prepared_is_not_activated,
                a_version_may_have_other_columns_and_tables_than_another,
                a_table_with_other_columns_is_refused,
                a_table_may_have_other_indexes_than_before,
                a_table_that_comes_later_is_refused,
                a_table_of_another_projection_is_refused,
                a_table_that_is_named_twice_is_refused,
                a_table_that_is_not_prepared_is_not_there,
                a_version_that_was_dropped_starts_over,
                dropping_the_active_version_leaves_none,
                a_version_that_is_not_there_can_be_dropped,
                names_may_be_words_of_sql,
                the_longest_names_are_taken,
                many_may_prepare_at_the_same_time,
            }
            rows {
                what_is_put_is_loaded_by_its_key,
                a_row_takes_the_place_of_the_one_with_its_key,
                a_row_that_is_removed_is_gone,
                several_tables_are_written_at_once,
                a_write_moves_the_reader,
                a_write_of_nothing_moves_the_reader,
                a_write_may_leave_the_checkpoint_where_it_is,
                a_write_from_elsewhere_is_overtaken,
                a_write_that_is_repeated_is_overtaken,
                what_moves_the_reader_otherwise_counts,
                a_reader_of_rows_moves_within_its_log_alone,
                rows_and_places_of_tenants_are_apart,
                whoever_opens_the_store_next_finds_the_rows,
                a_dropped_write_is_whole_or_absent,
                writers_that_race_lose_no_update,
            }
            row_values {
                every_value_comes_back,
                keys_that_look_alike_are_apart,
                a_key_may_have_several_columns_of_any_type,
                rows_that_no_database_could_hold_are_refused,
                one_bad_table_keeps_the_others_out,
                one_bad_row_keeps_the_others_out,
                a_key_or_a_table_that_comes_up_twice_is_refused,
            }
            row_limits {
                rows_are_limited,
                as_many_rows_as_are_allowed_are_written_and_loaded,
                the_largest_rows_are_taken,
                a_row_may_have_as_many_columns_as_are_allowed,
            }
            row_reads {
                rows_are_found_by_every_test_of_every_column,
                rows_are_sorted_by_every_column,
                pages_follow_each_other_without_a_gap,
                a_page_may_start_after_a_row_that_is_gone,
                the_places_of_readers_come_with_the_rows,
                rows_and_places_are_of_one_moment,
                a_read_that_makes_no_sense_is_refused,
                reads_are_limited,
                as_many_values_as_are_allowed_are_looked_for,
            }
            leases {
                a_free_lease_is_granted,
                to_everybody_else_it_is_held,
                its_holder_is_granted_it_again_at_the_same_epoch,
                several_are_asked_for_at_once,
                a_lease_goes_to_nobody_else_before_its_time_is_over,
                an_expired_lease_goes_to_whoever_asks_at_a_greater_epoch,
                a_renewed_lease_is_held_for_longer,
                several_are_renewed_at_once,
                an_expired_lease_that_nobody_has_taken_can_be_renewed,
                who_has_lost_a_lease_can_neither_renew_nor_release_it,
                a_released_lease_is_free_at_a_greater_epoch,
                a_lease_is_granted_for_a_day_at_most,
                leases_are_listed_by_name,
                hostile_names_name_just_their_lease,
                leases_of_tenants_are_apart,
                of_many_who_ask_at_the_same_time_one_is_granted_it,
                whoever_asks_for_several_in_any_order_gets_an_answer,
                dropped_calls_leave_the_leases_usable,
                whoever_opens_the_store_next_finds_the_leases,
            }
            fences {
                a_write_under_a_lease_takes_effect,
                a_write_under_an_expired_lease_that_nobody_has_taken_takes_effect,
                a_write_of_one_who_has_lost_the_lease_is_fenced_off,
                a_place_alone_is_saved_under_the_lease_and_fenced_off_without_it,
                a_write_without_a_lease_is_fenced_off,
                a_lease_of_another_tenant_is_no_fence,
                a_fence_is_told_after_a_strange_checkpoint_and_before_the_place,
                no_write_takes_effect_after_the_lease_was_taken_over,
            }
            sql {
                tables_are_made_once,
                tables_are_made_by_one_of_many,
                a_table_that_was_not_made_is_refused_and_nothing_is_left,
                a_table_of_another_projection_is_refused,
                work_that_cannot_make_its_tables_leaves_nothing,
                a_version_that_was_dropped_is_made_anew,
                the_work_takes_effect_with_the_rows_and_the_place,
                work_that_fails_is_undone_with_all_that_goes_with_it,
                what_a_deferred_constraint_finds_is_of_the_work,
                a_write_from_elsewhere_is_overtaken,
                a_write_of_one_who_has_lost_the_lease_is_fenced_off,
                a_write_to_a_strange_checkpoint_is_refused,
                a_dropped_write_is_whole_or_absent,
                work_that_is_dropped_midway_is_absent,
                writers_that_race_do_nothing_twice,
                appends_go_on_beside_it,
                whoever_opens_the_store_next_finds_the_work,
            }
            snapshots {
                there_is_none_at_first,
                what_is_saved_is_loaded,
                numbers_at_the_ends_come_back,
                the_newest_is_loaded,
                an_older_one_does_not_take_the_place_of_a_newer_one,
                the_last_of_one_version_is_loaded,
                several_are_loaded_at_once_and_in_order,
                streams_states_and_their_code_are_apart,
                so_many_are_kept_of_a_state_whatever_its_code,
                one_that_its_stream_has_not_reached_is_refused,
                those_of_a_stream_are_forgotten,
                those_of_a_state_are_forgotten,
                those_that_are_not_there_can_be_forgotten,
                hostile_names_name_just_their_state,
                snapshots_are_limited,
                snapshots_of_tenants_are_apart,
                the_log_notices_nothing_of_snapshots,
                whoever_opens_the_store_next_finds_the_snapshots,
                of_those_saved_at_the_same_time_the_newest_stays,
                a_dropped_snapshot_is_whole_or_absent,
            }
            model {
                random_steps_are_answered_as_the_model_does,
            }
            reopening {
                whoever_opens_the_store_next_finds_everything,
                whoever_shares_the_store_sees_what_the_other_writes,
                whoever_shares_the_store_is_woken_by_the_other,
                whoever_shares_the_store_loses_no_update,
            }
        }
    };
}

/// One test for each case, in a module for each area.
#[doc(hidden)]
#[macro_export]
macro_rules! __test_each_case {
    ($($area:ident { $($case:ident,)* })*) => {
        $(
            mod $area {
                $(
                    #[test]
                    fn $case() {
                        $crate::conformance::cases::$area::$case(super::setup);
                    }
                )*
            }
        )*
    };
}

/// One public function for each case. A case that is missing in the list is dead code.
macro_rules! export_each_case {
    ($($area:ident { $($case:ident,)* })*) => {
        #[doc(hidden)]
        pub mod cases {
            $(
                pub mod $area {
                    $(
                        pub fn $case(setup: $crate::conformance::subject::NewSetup) {
                            $crate::conformance::subject::run(setup, $crate::conformance::$area::$case);
                        }
                    )*
                }
            )*
        }
    };
}

__for_each_case!(export_each_case);
