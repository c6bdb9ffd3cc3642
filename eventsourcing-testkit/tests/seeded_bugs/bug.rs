/// A promise of the contract that [`BuggyStore`](crate::store::BuggyStore) breaks; nothing else is wrong with it then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bug {
    /// No condition is checked.
    DropsConditions,
    /// Conditions on streams that are not written are not checked: write skew.
    DropsConditionsOnUnwrittenStreams,
    /// Conditions of an append without events are not checked.
    DropsConditionsOfEmptyAppends,
    /// Conditions are checked before the lock is taken.
    ChecksConditionsBeforeLocking,
    /// Conditions with a type filter never fail.
    DropsTypedConditions,
    /// Linked events do not count for conditions.
    DropsLinksFromConditions,
    /// Conditions fail for events of any type.
    IgnoresTypesOfConditions,

    /// An append is acknowledged, and forgotten.
    LosesAppends,
    /// An append is acknowledged, and written but for its last event.
    TearsAppends,
    /// An append of unknown outcome is written but for its last event.
    TearsUnknownAppends,
    /// An append is written although a conflict is reported.
    WritesDespiteConflicts,
    /// An append of unknown outcome is written twice.
    DoublesUnknownAppends,
    /// An append of unknown outcome is written a second time, with new event ids.
    RedoesUnknownAppends,
    /// Other appends get in between the events of one.
    InterleavesAppends,
    /// Payloads are written in another form.
    ReformatsPayloads,
    /// The acknowledgement has other versions than the log.
    AcknowledgesOtherVersions,
    /// The acknowledgement has another position than the log.
    AcknowledgesOtherPosition,

    /// Now and then a version is left out.
    SkipsVersions,
    /// Now and then a version is given twice.
    ReusesVersions,
    /// A linked event takes its home version in every stream.
    GivesLinksTheHomeVersion,
    /// Positions are taken when an append begins, not when it commits.
    TakesPositionsBeforeCommitting,

    /// What is present is settled as absent.
    SettlesAsAbsent,
    /// What is still on its way is settled as absent.
    SettlesTooEarly,
    /// A command id does not keep a command from running again.
    ForgetsCommandIds,
    /// A read does not find command ids.
    HidesCommandIds,

    /// Streams that are read together are read at different moments.
    ReadsStreamsOneByOne,
    /// Now and then a stream is read as it was some time before.
    ReadsFromACache,
    /// Now and then a stream is read without its last event, but with its last version.
    ReadsEventsFromACache,
    /// The head that a read returns does not count linked events.
    DropsLinksFromHeads,
    /// The head that a read returns does not count events that the filter hides.
    HidesHeads,
    /// A read sees what is not committed, and then rolled back.
    ReadsUncommitted,

    /// A page leaves out an event, and goes on after it.
    SkipsEventsAtPageEnds,
    /// A page begins with the last event of the page before it.
    RepeatsEventsAtPageEnds,
    /// A page has events sorted by stream.
    SortsPagesByStream,
    /// A page has whatever there is.
    IgnoresFeedFilters,
    /// Categories and streams of the filter do not count for linked events.
    DropsLinksFromFeeds,
    /// The feed ends where it ended some time before.
    EndsFeedsEarly,
}
