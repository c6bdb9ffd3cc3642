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
    /// Which contestant is 1.00.
    pub(crate) measure: &'static str,
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

    const fn on_postgres(name: &'static str, program: Program, workloads: &'static [Workload]) -> Self {
        Self {
            name,
            program,
            variant: "",
            processes: 1,
            measure: "hand",
            workloads,
        }
    }

    const fn on_sqlite(name: &'static str, package: &'static str, variant: &'static str) -> Self {
        Self {
            name,
            program: Program::Embedded(package),
            variant,
            processes: 1,
            measure: "hand-sqlite",
            workloads: &[Workload::W1, Workload::W2, Workload::W3, Workload::Hot],
        }
    }

    const fn ours(name: &'static str, variant: &'static str, workloads: &'static [Workload]) -> Self {
        Self {
            variant,
            ..Self::on_postgres(name, OURS, workloads)
        }
    }

    const fn processes(self, processes: usize) -> Self {
        Self { processes, ..self }
    }

    const fn measured_by(self, measure: &'static str) -> Self {
        Self { measure, ..self }
    }
}

const OURS: Program = Program::Ours("ours-postgres");
const HAND: Program = Program::Peer("hand");
const CONTENDED: &[Workload] = &[Workload::W2, Workload::W3, Workload::Hot];
const DEPOSITS: &[Workload] = &[Workload::W1];

/// Everybody, in the order of the tables. The variants of ours are measured by ours: what each of these costs.
pub(crate) static CONTESTANTS: [Contestant; 19] = [
    Contestant::on_postgres("pgbench", Program::Pgbench, DEPOSITS),
    Contestant::on_postgres("hand", HAND, &Workload::ALL),
    Contestant {
        variant: "lock",
        ..Contestant::on_postgres("hand:lock", HAND, CONTENDED)
    },
    Contestant::on_postgres("eventcore", Program::Peer("eventcore-bank"), &Workload::ALL),
    Contestant::on_postgres("postgres-es", Program::Peer("postgres-es-bank"), &Workload::ALL),
    Contestant::on_postgres("es-entity", Program::Peer("es-entity-bank"), &Workload::ALL),
    Contestant::ours("ours", "", &Workload::ALL),
    Contestant::ours("ours:ids", "ids", DEPOSITS).measured_by("ours"),
    Contestant::ours("ours:links", "links", &[Workload::W2]).measured_by("ours"),
    Contestant::ours("ours:quiet", "quiet", DEPOSITS).measured_by("ours"),
    Contestant::ours("ours:no-type-index", "no-type-index", DEPOSITS).measured_by("ours"),
    Contestant::ours(
        "ours:2-processes",
        "",
        &[Workload::W1, Workload::W2, Workload::Hot],
    )
    .processes(2)
    .measured_by("ours"),
    Contestant::ours(
        "ours:4-processes",
        "",
        &[Workload::W1, Workload::W2, Workload::Hot],
    )
    .processes(4)
    .measured_by("ours"),
    Contestant::on_sqlite("hand-sqlite", "hand-sqlite", ""),
    Contestant::on_sqlite("ours-sqlite", "ours-sqlite", ""),
    Contestant::on_sqlite("ours-sqlite:ids", "ours-sqlite", "ids").measured_by("ours-sqlite"),
    Contestant::on_sqlite("ours-sqlite:links", "ours-sqlite", "links").measured_by("ours-sqlite"),
    Contestant::on_sqlite("hand-sqlite:normal", "hand-sqlite", "normal"),
    Contestant::on_sqlite("ours-sqlite:normal", "ours-sqlite", "normal").measured_by("hand-sqlite:normal"),
];
