use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::Process;
use super::running::{Processor, Processors};
use super::status::Course;
use super::task::{Settings, Task};
use crate::bus::Bus;
use crate::environment::Environment;
use crate::event::Event;
use crate::known::Known;
use crate::store::rows::{InvalidName, ProjectionName};
use crate::store::{Checkpoint, FeedFilter, StoreError};
use crate::{EventTypes, Position, TenantId, TypeFilter, TypeSet};

/// How a [processor](super) takes events: [`Runtime::processor`](crate::service::Runtime::processor).
#[derive(Debug)]
#[must_use = "it takes events when it is started"]
pub struct ProcessorBuilder {
    name: String,
    bus: Bus,
    environment: Environment,
    /// Where it is known, once it runs.
    processors: Processors,
    tenant: TenantId,
    begin: Option<Checkpoint>,
    /// The events that it takes; if there are none, all that pass the filter.
    events: Vec<&'static EventTypes>,
    known: Known,
    settings: Settings,
}

impl ProcessorBuilder {
    /// A processor of its own, without a service. It is known by its name, which stays: its progress is saved under it.
    pub fn new(name: &str, bus: &Bus, environment: &Environment) -> Self {
        Self::among(name, bus, environment, Processors::default())
    }

    pub(crate) fn among(name: &str, bus: &Bus, environment: &Environment, processors: Processors) -> Self {
        Self {
            name: name.to_owned(),
            bus: bus.clone(),
            environment: environment.clone(),
            known: processors.known().clone(),
            processors,
            tenant: TenantId::DEFAULT,
            begin: None,
            events: Vec::new(),
            settings: Settings::default(),
        }
    }

    /// Takes the events of a tenant; without this, those of [`TenantId::DEFAULT`].
    pub fn of_tenant(mut self, tenant: &TenantId) -> Self {
        self.tenant = tenant.clone();
        self
    }

    /// Takes these events, and no others than those that are asked for like this. Without it, events of all types.
    ///
    /// None of them is passed over because its type was renamed, and the old name forgotten: where any of these events is stored, all
    /// types have to be known, to the service or [to the processor](Self::knows). At one that is not, it stops, before it hands over
    /// what was read with it.
    pub fn events<E: Event>(mut self) -> Self {
        self.events.push(const { &E::TYPES });
        self
    }

    /// Makes events known that it does not take, but that are stored in the same categories. Those that a service knows are known
    /// to [its processors](crate::service::Runtime::processor) as well.
    pub fn knows<E: Event>(mut self) -> Self {
        self.known.add(const { &E::TYPES });
        self
    }

    /// Takes only events that pass; the store looks for them. Without this, all of them. Of the [events](Self::events) that it takes,
    /// it takes those that pass; of several filters, the last one counts.
    ///
    /// If the filter names types itself, nobody looks for their old names.
    pub fn filter(mut self, filter: FeedFilter) -> Self {
        self.settings.filter = filter;
        self
    }

    /// Begins after a checkpoint, if it has no progress yet. Without this, it begins at the beginning of the log; from the
    /// [end](Bus::end), it takes only what comes.
    pub const fn begin_after(mut self, checkpoint: Checkpoint) -> Self {
        self.begin = Some(checkpoint);
        self
    }

    /// Hands over so many events at once, at the most; 256 without this.
    pub const fn batch(mut self, events: NonZeroUsize) -> Self {
        self.settings.ahead.events = events;
        self
    }

    /// Reads so many bytes of payloads and metadata for a batch, at the most, unless a single event has more; 1 MiB without this.
    pub const fn batch_bytes(mut self, bytes: usize) -> Self {
        self.settings.ahead.bytes = bytes;
        self
    }

    /// Reads so many batches before they are wanted; 2 without this.
    pub const fn read_ahead(mut self, batches: NonZeroUsize) -> Self {
        self.settings.ahead.batches = batches;
        self
    }

    /// Deals each batch out to so many tasks that run at the same time: the events of a stream to the same task, in their order. The
    /// next batch begins when all of them are done. Without this there is one.
    pub const fn parallel(mut self, tasks: NonZeroUsize) -> Self {
        self.settings.parallel = tasks;
        self
    }

    /// Pauses between these bounds when something does not work; the pause doubles each time. 50 milliseconds and a minute without
    /// this.
    pub const fn pauses(mut self, first: Duration, longest: Duration) -> Self {
        self.settings.pauses = (first, longest);
        self
    }

    /// Counts as [failed](super::ProcessorState::Failed) when a batch has failed so often; 3 without this. It is tried on even then.
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.settings.attempts = attempts;
        self
    }

    /// Starts it where it left off. It runs until it is stopped, or everything is that knows it. While another process runs it, too,
    /// one of them takes events, and the other one stands by.
    ///
    /// # Errors
    /// If its name is not one, it runs already, its progress cannot be read, or the service is shut down.
    pub async fn start(mut self, process: impl Process) -> Result<Processor, StartProcessorError> {
        let types = Arc::new(self.known).check_for(self.events.iter().copied());
        let types = types.within(&self.settings.filter);
        self.settings.filter.types = narrowed(self.settings.filter.types, &self.events);
        let name = ProjectionName::new(&self.name).map_err(|invalid| StartProcessorError::Name {
            name: self.name.clone(),
            invalid,
        })?;
        let tenant = self.bus.store().tenant(&self.tenant);
        let reader: Arc<str> = format!("processor/{name}").into();
        let saved = tenant.rows.place(&reader).await?;
        let place = saved.checkpoint.or(self.begin);
        let position = place.map_or(Position::START, |place| place.position);
        let course = Arc::new(watch::Sender::new(Course::at(position)));
        let (stop, stopping) = watch::channel(false);
        let processor = Processor::new(
            name.clone(),
            self.tenant,
            self.bus.clone(),
            Arc::clone(&self.environment.clock),
            Arc::clone(&course),
            stop,
        );
        let keeping = self.processors.add(&processor, &self.environment)?;
        let onlooker = Arc::clone(&course);
        let lease = keeping.leases.ask(&tenant, &reader, onlooker);
        let task = Task {
            name,
            reader,
            tenant,
            bus: self.bus,
            spawn: Arc::clone(&self.environment.spawn),
            settings: self.settings,
            types,
            process: Arc::new(process),
            begin: self.begin,
            place,
            saved,
            course,
            lease,
            stop: stopping,
        };
        self.environment.spawn.spawn(Box::pin(async move {
            task.run().await;
            drop(keeping);
        }));
        Ok(processor)
    }
}

/// Types that are types of these events, too, if there are any.
fn narrowed(types: TypeFilter, events: &[&'static EventTypes]) -> TypeFilter {
    if events.is_empty() {
        return types;
    }
    let names = events.iter().flat_map(|types| TypeSet::of(types).names());
    TypeFilter::Only(names.filter(|name| types.matches(name.as_str())).collect())
}

/// Why a processor was not started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartProcessorError {
    /// It cannot be named so.
    #[error("`{name}` is no name for a processor")]
    Name {
        /// The name.
        name: String,
        /// The rule that it breaks.
        #[source]
        invalid: InvalidName,
    },
    /// It runs already, in this service and for this tenant.
    #[error("the processor `{name}` runs already")]
    Running {
        /// Its name.
        name: ProjectionName,
    },
    /// The service is shutting down, or has been shut down.
    #[error("the service is shutting down: no processor is started any more")]
    ShuttingDown,
    /// It could not be found out where it left off.
    #[error("the progress of the processor cannot be read")]
    Progress(#[from] StoreError),
}
