// Generated code names everything by its full path.

#![no_implicit_prelude]

#[derive(
    ::eventsourcing::stream::StreamKey,
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq,
    ::core::cmp::Eq,
    ::core::hash::Hash,
    ::serde::Serialize,
    ::serde::Deserialize,
)]
#[stream_key(category = "account")]
struct AccountId(::std::string::String);

#[derive(::eventsourcing::event::Event, ::serde::Serialize, ::serde::Deserialize)]
#[event(prefix = "money", version = 2, upcast(1 -> 2 = same))]
struct Deposited {
    #[stream]
    account: AccountId,
}

#[derive(::eventsourcing::event::Event)]
#[event(prefix = "account", retired("account.Audited"))]
enum AccountEvent {
    #[event(alias = "account.Created", version = 2, upcast(1 -> 2 = same))]
    Opened {
        #[stream]
        account: AccountId,
        #[stream]
        referrer: ::core::option::Option<AccountId>,
        #[stream]
        friends: ::std::vec::Vec<AccountId>,
        #[serde(default)]
        owner: ::std::string::String,
    },
    Deposited(Deposited),
    Closed,
}

fn same(payload: ::serde_json::Value) -> ::serde_json::Value {
    payload
}
