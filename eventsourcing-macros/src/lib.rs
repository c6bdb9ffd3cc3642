//! The macros of `eventsourcing`, which re-exports and documents them.
//!
//! Each goes through the same stages: `parse` reads attributes into typed slots, `model` is the item as the macro sees
//! it, `check` holds the rules across attributes, `expand` writes code and cannot fail.

mod aggregate;
mod attr;
mod code;
mod command;
mod described;
mod diag;
mod emit;
mod event;
mod heard;
mod ident;
mod lint;
mod name;
mod paths;
mod process_manager;
mod projection;
mod query;
mod row;
mod service;
mod state;
mod stream_key;
mod stream_type;
#[cfg(test)]
mod testing;

use proc_macro::TokenStream;

/// Makes commands of the methods of a state.
///
/// The facade, which re-exports it, documents it.
///
/// <details><summary>What it expands to</summary>
///
/// ```text
/// #[aggregate(id = TodoId(String), category = "todo", event = TodoEvent, error = TodoError)]
/// impl Todo {
///     #[command]
///     pub fn create(&self, title: String, cx: &Cx<TodoId>) -> Result<TodoEvent, TodoError> { .. }
///     #[apply]
///     fn created(&mut self, title: &str) { .. }
/// }
///
/// impl Todo { /* the same, without the attributes */ }
///
/// #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
/// pub struct TodoId(String);
/// impl StreamKey for TodoId { .. } // and Display, FromStr, From<String>, From<&str>
///
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
/// pub struct Create { pub id: TodoId, pub title: String }
/// impl Create { pub fn new(id: TodoId, title: String) -> Self { .. } }
///
/// impl Aggregate for Todo {
///     type Id = TodoId;
///     type Event = TodoEvent;
///     type Error = TodoError;
///     type State = Todo;
///     const CATEGORY: &'static str = "todo";
///     const ROUTES: &'static [Route] = &[aggregate_route::<Create>("todo")];
/// }
/// impl State for Todo {
///     type Key = TodoId;
///     type Event = TodoEvent;
///     fn apply(&mut self, ..) { match event.payload() { TodoEvent::Created { title, .. } => self.created(title), .. } }
///     // With `state_version = 1`:
///     const SNAPSHOTS: Option<StateSnapshots> = Some(snapshots_of::<Todo>("todo", 1, /* a hash of what folds */));
/// }
/// impl Command for Create {
///     type Origin = Todo;
///     type State = Todo;
///     fn fold(&self, ..) { /* the stream `id` into the `Todo` */ }
/// }
/// impl CommandLogic for Create {
///     fn handle(&self, state: &Todo, cx: ..) -> .. {
///         let lent = lend(cx, &self.id);
///         let decided = state.create(self.title.clone(), &lent);
///         take_back(cx, lent);
///         conclude(cx, decided)
///     }
/// }
/// ```
/// </details>
#[proc_macro_attribute]
pub fn aggregate(attribute: TokenStream, item: TokenStream) -> TokenStream {
    aggregate::expand(attribute.into(), item.into()).into()
}

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

/// Makes a process manager of a function, or of the `impl` block of a state.
///
/// The facade, which re-exports it, documents it.
///
/// <details><summary>What it expands to</summary>
///
/// ```text
/// #[process_manager(on = TodoEvent::Created, start = beginning)]
/// pub fn list_every_todo(title: &str) -> AddTodo { .. }
///
/// pub fn list_every_todo(title: &str) -> AddTodo { .. }
/// pub enum list_every_todo {} // what a service and a scenario name, imported together with the function
///
/// const LISTENER: Listener<list_every_todo, TodoEvent> = Listener {
///     heard: hear_variant::<TodoEvent>("Created", ..),
///     react: |event, cx| if let TodoEvent::Created { title, .. } = event.payload() { send(cx, list_every_todo(title)) },
/// };
/// impl SendsCommand<AddTodo> for list_every_todo { const SENDING: Sending<AddTodo> = sending::<AddTodo>(..); }
/// impl ProcessManager for list_every_todo { const MANAGER: Manager = Manager { name: "list_every_todo", .. }; }
/// impl StatelessManager for list_every_todo { const LISTENERS: .. = &[&LISTENER]; }
/// ```
///
/// and of an `impl` block:
///
/// ```text
/// #[process_manager(key = OrderId, category = "fulfilment", start = beginning, sends(TakePayment, Cancel))]
/// impl Fulfilment {
///     #[start(OrderEvent::Placed, key = order)]
///     fn placed(&mut self, total: &u64, cx: &mut Sends<Self>) { .. }
///     #[on_rejected(TakePayment)]
///     fn not_paid(&mut self, command: &TakePayment) -> Cancel { .. }
/// }
///
/// impl Fulfilment { /* the same, without the attributes */ }
///
/// const HANDLER: Handler<Fulfilment, OrderId, OrderEvent> = Handler {
///     heard: hear_variant::<OrderEvent>("Placed", ..), role: Role::Start, strict: false,
///     key: |event| if let OrderEvent::Placed { order, .. } = event.payload() { KeyIn::Field(order) } else { .. },
///     react: |me, event, cx| if let OrderEvent::Placed { total, .. } = event.payload() { Fulfilment::placed(me, total, cx) },
/// };
/// const REFUSAL: RefusalHandler<Fulfilment, TakePayment> = RefusalHandler {
///     command: refusing::<Fulfilment, TakePayment>(),
///     react: |me, command, rejection, cx| send(cx, Fulfilment::not_paid(me, command)),
/// };
/// impl SendsCommand<TakePayment> for Fulfilment { .. }
/// impl SendsCommand<Cancel> for Fulfilment { .. }
/// impl ProcessManager for Fulfilment { const MANAGER: Manager = Manager { name: "fulfilment", .. }; }
/// impl StatefulManager for Fulfilment { type Key = OrderId; const HANDLERS: .. = &[&HANDLER]; .. }
/// ```
/// </details>
#[proc_macro_attribute]
pub fn process_manager(attribute: TokenStream, item: TokenStream) -> TokenStream {
    process_manager::attribute(attribute.into(), item.into()).into()
}

/// Makes a projection of an `impl` block.
///
/// The facade, which re-exports it, documents it.
///
/// <details><summary>What it expands to</summary>
///
/// ```text
/// #[projection(name = "balances", version = 2, row = BalanceRow)]
/// impl Balances {
///     #[on(AccountEvent::Opened)]
///     fn opened(&self, account: &AccountId, owner: &str, rows: &mut Rows<BalanceRow>) { .. }
/// }
///
/// impl Balances { /* the same, without the attributes */ }
///
/// const HANDLER: ProjectionHandler<Balances, AccountEvent> = ProjectionHandler {
///     heard: hear_variant::<AccountEvent>("Opened", ..),
///     project: |me, event, rows| if let AccountEvent::Opened { account, owner, .. } = event.payload() {
///         said(Balances::opened(me, account, owner, rows))
///     } else { Ok(()) },
///     sequence: None, // with `parallel_by = account`: Some(|event| .. sequence_of(account)); with `slices`: sequence_of_rows::<BalanceRow>(account)
/// };
/// impl Projection for Balances {
///     type Row = BalanceRow;
///     const PROJECTION: ProjectionFacts = ProjectionFacts { name: "balances", version: .., on: .., code: /* a hash */, .. };
/// }
/// impl Projects for Balances {
///     const HANDLERS: .. = &[&HANDLER];
///     const IS_OF: IsOf = <BalanceRow as KeyedByStream>::is_of; // with `slices`, and without `parallel_by`
/// }
/// ```
/// </details>
#[proc_macro_attribute]
pub fn projection(attribute: TokenStream, item: TokenStream) -> TokenStream {
    projection::attribute(attribute.into(), item.into()).into()
}

/// Makes a struct a row of a table.
///
/// The trait `Row` in the facade documents it.
///
/// <details><summary>What it expands to</summary>
///
/// ```text
/// #[derive(Row)]
/// #[row(table = "balances")]
/// pub struct BalanceRow { #[key] pub account: AccountId, #[index] pub balance: i64 }
///
/// impl Row for BalanceRow {
///     type Key<'k> = &'k AccountId;
///     const TABLE: &'static Table = &Table::new(/* its name, key, columns and indexes */);
///     fn new_of(key: &AccountId) -> Self { Self { account: key.to_owned(), balance: i64::default() } }
///     fn key_values(key: &AccountId) -> .. { /* as a value */ }
///     fn to_values(&self) -> .. { /* account, balance */ }
///     fn from_values(values: Vec<Value>) -> .. { .. }
/// }
/// impl BalanceRow {
///     pub const ACCOUNT: RowColumn<Self, AccountId> = ..;
///     pub const BALANCE: RowColumn<Self, i64> = ..;
/// }
/// ```
/// </details>
#[proc_macro_derive(Row, attributes(row, key, index, column))]
pub fn row(input: TokenStream) -> TokenStream {
    row::derive(input.into()).into()
}

/// Makes a struct a query.
///
/// The trait `Query` in the facade documents it.
///
/// <details><summary>What it expands to</summary>
///
/// ```text
/// #[derive(Query)]
/// #[query(result = Vec<BalanceRow>, of(Balances))]
/// pub struct RichAccounts { pub at_least: i64 }
///
/// impl Query for RichAccounts {
///     type Result = Vec<BalanceRow>;
///     const NAME: &'static str = "RichAccounts";
///     const ORIGIN: &'static str = /* the path of the module, and the name */;
///     const OF: &'static [ProjectionFacts] = &[read_of::<Balances>()];
/// }
///
/// // What `Reading::rows` asks for.
/// impl Reads<<Balances as Projection>::Row> for RichAccounts {}
/// ```
/// </details>
#[proc_macro_derive(Query, attributes(query))]
pub fn query(input: TokenStream) -> TokenStream {
    query::derive(input.into()).into()
}

/// Makes a unit struct a module: a part of services.
///
/// The trait `Module` in the facade documents it; `service` shows what it expands to.
#[proc_macro_attribute]
pub fn module(attribute: TokenStream, item: TokenStream) -> TokenStream {
    service::attribute(service::Kind::Module, attribute.into(), item.into()).into()
}

/// Makes a unit struct a service.
///
/// The trait `Service` in the facade documents it.
///
/// <details><summary>What it expands to</summary>
///
/// ```text
/// #[service(aggregates(Todo), process_managers(list_every_todo))]
/// pub struct TodoApp;
///
/// const PARTS: &[Part] = &[list_aggregate::<Todo>("Todo"), list_process_manager::<list_every_todo>("list_every_todo")];
/// const FACTS: &[Fact] = /* what is to be unique, or to be found, sorted */;
///
/// const _: () = assert_nothing_taken(PARTS, FACTS, 0);
/// const _: () = assert_defined_once(PARTS, FACTS, 0);
/// // .. and so on for each part; of a service, not of a module:
/// const _: () = assert_all_heard(&PARTS[1], FACTS);
/// const _: () = assert_all_handled(&PARTS[1], FACTS);
///
/// impl Service for TodoApp {
///     const PART: Part = /* its name and PARTS */;
///     const TABLE: Table = Table::of(FACTS);
///     type Resources = ();
/// }
///
/// impl TodoApp {
///     pub fn builder(store: impl EventStore) -> RuntimeBuilder<Self, ..> { .. }
///     pub fn describe() -> ServiceDescription { .. }
/// }
/// ```
/// </details>
#[proc_macro_attribute]
pub fn service(attribute: TokenStream, item: TokenStream) -> TokenStream {
    service::attribute(service::Kind::Service, attribute.into(), item.into()).into()
}

/// Gives a state a name and a version, and so snapshots.
///
/// The facade, which re-exports it, documents it.
///
/// <details><summary>What it expands to</summary>
///
/// ```text
/// #[state(name = "account", version = 1)]
/// impl State for Account {
///     type Key = AccountId;
///     type Event = AccountEvent;
///     fn apply(&mut self, ..) { .. }
/// }
///
/// impl State for Account {
///     type Key = AccountId;
///     type Event = AccountEvent;
///     fn apply(&mut self, ..) { .. }
///     const SNAPSHOTS: Option<StateSnapshots> = Some(snapshots_of::<Account>("account", 1, /* a hash of this block */));
/// }
/// ```
/// </details>
#[proc_macro_attribute]
pub fn state(attribute: TokenStream, item: TokenStream) -> TokenStream {
    state::attribute(attribute.into(), item.into()).into()
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
