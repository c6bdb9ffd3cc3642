//! The macros of `eventsourcing`, which re-exports and documents them.
//!
//! Each goes through the same stages: `parse` reads attributes into typed slots, `model` is the item as the macro sees
//! it, `check` holds the rules across attributes, `expand` writes code and cannot fail.

mod attr;
mod command;
mod diag;
mod emit;
mod event;
mod ident;
mod name;
mod paths;
mod stream_key;
mod stream_type;
#[cfg(test)]
mod testing;

use proc_macro::TokenStream;

/// Makes a struct a command.
///
/// The trait `Command` in the facade documents it.
///
/// <details><summary>What it expands to</summary>
///
/// ```text
/// #[derive(Command)]
/// #[command(emits(AccountEvent::Withdrawn, MoneyDeposited))]
/// pub struct Pay {
///     #[stream(state = Account)] account: AccountId,
///     #[stream(read, state = Rules)] rules: RulesId,
/// }
///
/// pub struct PayState { pub account: Account, pub rules: Rules }
///
/// impl Pay {
///     const __STREAM_0: Binding<One, AccountId, Account> = bind_state("account", 0, Access::ReadWrite);
///     const __STREAM_1: Binding<One, RulesId, Rules> = bind_state("rules", 1, Access::Read);
/// }
///
/// impl Command for Pay {
///     const NAME: &'static str = "Pay";
///     const EMITS: .. = /* the event types of each entry */;
///     const COMMIT_ORDER: bool = false;
///     type State = PayState;
///     type Found = ();
///     fn plan(&self, plan: ..) -> .. { Self::__STREAM_0.plan(&self.account, plan)?; .. }
///     fn initial(&self) -> PayState { PayState { account: Self::__STREAM_0.initial(&self.account), .. } }
///     fn fold(&self, state: .., slot: ..) -> .. { match slot.field { 0 => Self::__STREAM_0.fold(..), .. } }
/// }
///
/// // What `emit!` asks for.
/// impl Declares<AccountId> for Pay { type Field = Writable; }
/// impl Declares<RulesId> for Pay { type Field = /* a type named `rules`, which is not writable */; }
/// impl Lists<AccountEvent, 1, Listed<0>> for Pay {}
/// impl<E, const N: usize> Lists<E, N, Listed<1>> for Pay where MoneyDeposited: Contains<E> {}
/// ```
/// </details>
#[proc_macro_derive(Command, attributes(command, stream))]
pub fn command(input: TokenStream) -> TokenStream {
    command::derive(input.into()).into()
}

/// What the macro `emit!` of the facade, which documents it, expands to.
///
/// <details><summary>What it expands to</summary>
///
/// ```text
/// emit!(cx, AccountEvent::Withdrawn { account, amount });
///
/// {
///     // Every type has this method. An event with a variant of this name has its own, which comes first.
///     trait __Value: Sized {
///         fn __emit_Withdrawn<C, ..>(self, cx: &mut Decide<C>) where C: EmitsAll<Self, ..>, Self: EmitInto<C, ..> { .. }
///     }
///     impl<E> __Value for E {}
///
///     let event = AccountEvent::Withdrawn { account, amount };
///     let cx: &mut Decide<_> = cx;
///     event.__emit_Withdrawn(cx)
/// }
/// ```
/// </details>
#[proc_macro]
pub fn emit(input: TokenStream) -> TokenStream {
    emit::emit(input.into()).into()
}

/// Makes an enum or a struct an event.
///
/// The trait `Event` in the facade documents it.
///
/// <details><summary>What it expands to</summary>
///
/// ```text
/// #[derive(Event)]
/// #[event(prefix = "account")]
/// pub enum AccountEvent {
///     Opened { #[stream] account: AccountId, owner: String },
///     Deposited(MoneyDeposited),
/// }
///
/// // Each payload is written and read by serde, as the fields of a variant without the variant's name.
/// #[derive(Serialize)] #[serde(remote = "AccountEvent", untagged)] enum __Written { /* the same variants */ }
/// #[derive(Deserialize)] #[serde(remote = "AccountEvent")] enum __Read { /* the same variants */ }
/// impl Payload for AccountEvent { type Codec = Json; /* by way of the two */ }
///
/// impl Event for AccountEvent {
///     const TYPES: EventTypes = /* own: account.Opened, nested: those of MoneyDeposited */;
///     const VARIANTS: &'static [Variant] = /* Opened, Deposited */;
///     fn streams(&self) -> .. { /* the keys of each variant */ }
///     fn encode(&self) -> .. { match self { Self::Opened { .. } => encode_payload(self, ..), .. } }
///     fn decode(stored: Stored) -> .. { match stored.event_type { "account.Opened" => decode_payload(stored, 1), .. } }
/// }
///
/// // What `emit!` calls: it compiles for commands that list the event and may write to its streams.
/// impl AccountEvent {
///     pub fn __emit_Opened<C, ..>(self, cx: &mut Decide<C>) where C: Emits<Self, 0, ..> + Declares<AccountId, ..>, .. {}
///     pub fn __emit_Deposited<C, ..>(self, cx: &mut Decide<C>) where MoneyDeposited: EmitInto<C, ..>, .. {}
/// }
/// ```
/// </details>
#[proc_macro_derive(Event, attributes(event, stream, serde))]
pub fn event(input: TokenStream) -> TokenStream {
    event::derive(input.into()).into()
}

/// Makes a newtype the key of the streams of a category.
///
/// The trait `StreamKey` in the facade documents it.
///
/// <details><summary>What it expands to</summary>
///
/// ```text
/// #[derive(StreamKey)]
/// #[stream_key(category = "account")]
/// pub struct AccountId(String);
///
/// impl StreamKey for AccountId {
///     const CATEGORY: Option<Category> = Some(Category::from_static("account"));
///     fn to_stream_id(&self) -> .. { /* "account-" and the text */ }
///     fn from_stream_id(stream: &StreamId) -> .. { /* the text after "account-", parsed */ }
/// }
/// ```
/// </details>
#[proc_macro_derive(StreamKey, attributes(stream_key))]
pub fn stream_key(input: TokenStream) -> TokenStream {
    stream_key::derive(input.into()).into()
}
