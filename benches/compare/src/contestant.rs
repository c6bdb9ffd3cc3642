use crate::workload::Workload;

/// One row of the tables: a subject, in one variant, as so many processes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Contestant {
    /// As it is named on the command line and in the tables.
    pub(crate) name: &'static str,
    pub(crate) program: Program,
    /// What the program is told to do differently; empty if nothing.
    pub(crate) variant: &'static str,
    /// How many processes share the clients.
    pub(crate) processes: usize,
    /// Whether its tables are not those of the plain program, so that it has to open accounts of its own.
    pub(crate) has_own_tables: bool,
    /// Where it takes part. What a program cannot do, it says itself.
    workloads: &'static [Workload],
}

/// What is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Program {
    /// A package of this workspace, on PostgreSQL.
    Ours(&'static str),
    /// A package of the peers' workspace, on PostgreSQL.
    Peer(&'static str),
    /// A package of this workspace, on SQLite.
    Embedded(&'static str),
    /// PostgreSQL's own benchmark.
    Pgbench,
}

impl Contestant {
    pub(crate) fn takes(&self, workload: Workload, clients: usize) -> bool {
        self.workloads.contains(&workload) && clients >= self.processes
    }

    /// Which contestant is 1.00: for a variant the plain one, for others what one writes by hand on the same database.
    pub(crate) fn measure(&self) -> &'static str {
        match (self.name.split_once(':'), self.is_embedded()) {
            (Some((plain, _)), _) => plain,
            (None, true) => "hand-sqlite",
            (None, false) => "hand",
        }
    }

    /// The package of its program, or of the program whose table it uses.
    pub(crate) fn package(&self) -> &'static str {
        match self.program {
            Program::Ours(package) | Program::Peer(package) | Program::Embedded(package) => package,
            Program::Pgbench => "hand",
        }
    }

    /// Whose accounts it begins with.
    pub(crate) fn accounts(&self) -> &'static str {
        if self.has_own_tables {
            self.name
        } else {
            self.package()
        }
    }

    pub(crate) fn is_embedded(&self) -> bool {
        matches!(self.program, Program::Embedded(_))
    }

    const fn new(name: &'static str, program: Program, workloads: &'static [Workload]) -> Self {
        Self {
            name,
            program,
            variant: "",
            processes: 1,
            has_own_tables: false,
            workloads,
        }
    }

    const fn variant(self, variant: &'static str) -> Self {
        Self { variant, ..self }
    }

    const fn processes(self, processes: usize) -> Self {
        Self { processes, ..self }
    }

    const fn with_own_tables(self) -> Self {
        Self {
            has_own_tables: true,
            ..self
        }
    }
}

const HAND: Program = Program::Peer("hand");
const OURS: Program = Program::Ours("ours-postgres");
const HAND_SQLITE: Program = Program::Embedded("hand-sqlite");
const OURS_SQLITE: Program = Program::Embedded("ours-sqlite");

const DEPOSITS: &[Workload] = &[Workload::W1];
const TRANSFERS: &[Workload] = &[Workload::W2];
const CONTENDED: &[Workload] = &[Workload::W2, Workload::W3, Workload::Hot];
const MANY_CLIENTS: &[Workload] = &[Workload::W1, Workload::W2, Workload::Hot];
const SHORT: &[Workload] = &[Workload::W1, Workload::W2, Workload::W3, Workload::Hot];
const GROWING: &[Workload] = &[
    Workload::W1,
    Workload::W2,
    Workload::W3,
    Workload::Hot,
    Workload::Long1k,
    Workload::Long10k,
];

/// Everybody, in the order of the tables. Variants take part where they make a difference.
pub(crate) static CONTESTANTS: [Contestant; 27] = [
    Contestant::new("pgbench", Program::Pgbench, DEPOSITS),
    Contestant::new("hand", HAND, &Workload::ALL),
    Contestant::new("hand:lock", HAND, CONTENDED).variant("lock"),
    Contestant::new("hand:tenant", HAND, DEPOSITS)
        .variant("tenant")
        .with_own_tables(),
    Contestant::new("hand:schema-version", HAND, DEPOSITS)
        .variant("schema-version")
        .with_own_tables(),
    Contestant::new("hand:content-type", HAND, DEPOSITS)
        .variant("content-type")
        .with_own_tables(),
    Contestant::new("hand:columns", HAND, DEPOSITS)
        .variant("columns")
        .with_own_tables(),
    Contestant::new("eventcore", Program::Peer("eventcore-bank"), &Workload::ALL),
    Contestant::new("postgres-es", Program::Peer("postgres-es-bank"), &Workload::ALL),
    Contestant::new("es-entity", Program::Peer("es-entity-bank"), &Workload::ALL),
    Contestant::new("ours", OURS, &Workload::ALL),
    Contestant::new("ours:ids", OURS, DEPOSITS).variant("ids"),
    Contestant::new("ours:links", OURS, TRANSFERS).variant("links"),
    Contestant::new("ours:no-cache", OURS, GROWING).variant("no-cache"),
    Contestant::new("ours:warm", OURS, MANY_CLIENTS).variant("warm"),
    Contestant::new("ours:quiet", OURS, DEPOSITS).variant("quiet"),
    Contestant::new("ours:no-type-index", OURS, DEPOSITS).variant("no-type-index"),
    Contestant::new("ours:2-processes", OURS, MANY_CLIENTS).processes(2),
    Contestant::new("ours:4-processes", OURS, MANY_CLIENTS).processes(4),
    Contestant::new("hand-sqlite", HAND_SQLITE, SHORT),
    Contestant::new("hand-sqlite:normal", HAND_SQLITE, DEPOSITS).variant("normal"),
    Contestant::new("ours-sqlite", OURS_SQLITE, SHORT),
    Contestant::new("ours-sqlite:ids", OURS_SQLITE, DEPOSITS).variant("ids"),
    Contestant::new("ours-sqlite:links", OURS_SQLITE, TRANSFERS).variant("links"),
    Contestant::new("ours-sqlite:no-cache", OURS_SQLITE, SHORT).variant("no-cache"),
    Contestant::new("ours-sqlite:warm", OURS_SQLITE, MANY_CLIENTS).variant("warm"),
    Contestant::new("ours-sqlite:normal", OURS_SQLITE, DEPOSITS).variant("normal"),
];
