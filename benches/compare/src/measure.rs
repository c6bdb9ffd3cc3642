use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context as _, Result, bail, ensure};
use harness::bank::{ACCOUNTS, EVENTS_PER_ACCOUNT, seeded_balance};
use harness::{Audit, Followed, Measured, Said};

use crate::build::Programs;
use crate::contestant::{Contestant, Program};
use crate::files::Files;
use crate::machine::Conditions;
use crate::pgbench;
use crate::postgres::Postgres;
use crate::process::{Process, audit};
use crate::record::{Figures, Oracle, Outcome, Record};
use crate::workload::Workload;

/// One contestant under one load.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) contestant: &'static Contestant,
    pub(crate) workload: Workload,
    pub(crate) clients: usize,
}

/// Everything that is needed to measure.
#[derive(Debug)]
pub(crate) struct Comparison {
    programs: Programs,
    postgres: Postgres,
    files: Files,
    seconds: f64,
    /// What each set of accounts holds.
    seeded: BTreeMap<&'static str, Audit>,
}

impl Comparison {
    /// Starts the server, and lets each program seed its accounts.
    pub(crate) fn start(programs: Programs, contestants: &[&Contestant], seconds: f64) -> Result<Self> {
        let (postgres, files, seeded) = (Postgres::start()?, Files::new()?, BTreeMap::new());
        let mut comparison = Self {
            programs,
            postgres,
            files,
            seconds,
            seeded,
        };
        for contestant in contestants {
            let accounts = contestant.accounts();
            if !comparison.seeded.contains_key(accounts) {
                crate::tell(&format!("{accounts} opens {ACCOUNTS} accounts"));
                let audit = comparison.seed(contestant);
                let audit = audit.with_context(|| format!("{accounts} cannot open its accounts"))?;
                comparison.seeded.insert(accounts, audit);
            }
        }
        Ok(comparison)
    }

    /// Measures a case on fresh data.
    pub(crate) fn measure(&self, case: &Case, round: u32) -> Record {
        let outcome = match case.contestant.program {
            Program::Pgbench => self.pgbench(case),
            _ => self.subject(case),
        };
        Record::of(
            case,
            round,
            outcome.unwrap_or_else(|error| Outcome::Broke(format!("{error:#}"))),
        )
    }

    /// What is to be known about the figures.
    pub(crate) fn conditions(&self, rounds: u32) -> Result<Conditions> {
        Conditions::look(&self.postgres.version()?, self.seconds, rounds)
    }

    fn seed(&self, contestant: &Contestant) -> Result<Audit> {
        let accounts = contestant.accounts();
        let at = if contestant.is_embedded() {
            self.files.create(accounts)?
        } else {
            self.postgres.create(accounts)?
        };
        let variant = if contestant.has_own_tables {
            contestant.variant
        } else {
            ""
        };
        let audited = audit(&self.programs.file(contestant.package()), &at, variant, "seed")?;
        let each = seeded_balance(EVENTS_PER_ACCOUNT);
        let expected = Audit {
            total: each * i64::try_from(ACCOUNTS)?,
            lowest: each,
        };
        ensure!(
            audited == expected,
            "the accounts should hold {expected:?}, and hold {audited:?}"
        );
        if !contestant.is_embedded() {
            self.postgres.settle(accounts)?;
        }
        Ok(audited)
    }

    fn copy(&self, contestant: &Contestant) -> Result<String> {
        if contestant.is_embedded() {
            self.files.copy(contestant.accounts())
        } else {
            self.postgres.copy(contestant.accounts())
        }
    }

    fn subject(&self, case: &Case) -> Result<Outcome> {
        let contestant = case.contestant;
        let at = self.copy(contestant)?;
        let said = match case.workload {
            Workload::Follow => self.follow(case, &at)?,
            _ => self.drive(case, &at)?,
        };
        match said {
            Said::Measured(measured) => {
                let oracle = if case.workload == Workload::CatchUp {
                    Oracle::Unchecked
                } else {
                    self.judge(contestant, &at, &measured)?
                };
                let server_is_seen = !contestant.is_embedded() && case.workload != Workload::CatchUp;
                Ok(Outcome::Measured(Figures::new(measured, server_is_seen, oracle)?))
            }
            Said::Followed(Followed { stored, missing }) => {
                Ok(Outcome::Followed(Followed { stored, missing }))
            }
            Said::Cannot => Ok(Outcome::Cannot),
            other => bail!("it was to measure, and said {other:?}"),
        }
    }

    /// Lets all processes begin at once, and adds up what they have measured.
    fn drive(&self, case: &Case, at: &str) -> Result<Said> {
        let contestant = case.contestant;
        let file = self.programs.file(contestant.package());
        let task = self.task(case)?;
        let mut processes = (0..contestant.processes)
            .map(|_| Process::start(&file, at, contestant.variant, &task))
            .collect::<Result<Vec<_>>>()?;
        for process in &mut processes {
            match process.hear()? {
                Said::Ready => {}
                Said::Cannot => return Ok(Said::Cannot),
                other => bail!("it was to be ready, and said {other:?}"),
            }
        }
        for process in &mut processes {
            process.go()?;
        }
        let mut sum: Option<Measured> = None;
        for process in &mut processes {
            match process.hear()? {
                Said::Measured(measured) => {
                    sum = Some(match sum {
                        Some(others) => others.beside(measured),
                        None => measured,
                    });
                }
                other => return Ok(other),
            }
            process.end()?;
        }
        Ok(Said::Measured(sum.context("there is one process at least")?))
    }

    fn task(&self, case: &Case) -> Result<Vec<String>> {
        let Some(work) = case.workload.commands() else {
            return Ok(vec!["catch-up".into()]);
        };
        let clients = case.clients / case.contestant.processes;
        let mut task = vec!["drive".into()];
        task.extend(["--work".into(), work.name()]);
        task.extend(["--clients".into(), clients.to_string()]);
        task.extend(["--seconds".into(), self.seconds.to_string()]);
        if !case.contestant.is_embedded() {
            task.extend(["--server".into(), self.postgres.postmaster()?.to_string()]);
        }
        Ok(task)
    }

    fn follow(&self, case: &Case, at: &str) -> Result<Said> {
        let file = self.programs.file(case.contestant.package());
        let clients = case.clients.to_string();
        let task = [
            "follow",
            "--clients",
            &clients,
            "--seconds",
            &self.seconds.to_string(),
        ];
        let mut process = Process::start(&file, at, case.contestant.variant, &task.map(str::to_owned))?;
        let said = process.hear()?;
        process.end()?;
        Ok(said)
    }

    /// Everything that was acknowledged has to be there, once, and nobody may owe.
    fn judge(&self, contestant: &Contestant, at: &str, measured: &Measured) -> Result<Oracle> {
        let before = self.seeded.get(contestant.accounts()).context("it was seeded")?;
        let after = audit(&self.programs.file(contestant.package()), at, "", "audit")?;
        let expected = before.total + measured.brought;
        Ok(if after.total != expected {
            Oracle::Broken(format!(
                "the accounts should hold {expected}, and hold {}",
                after.total
            ))
        } else if after.lowest < 0 {
            Oracle::Broken(format!("an account holds {}", after.lowest))
        } else {
            Oracle::Holds
        })
    }

    fn pgbench(&self, case: &Case) -> Result<Outcome> {
        let at = self.copy(case.contestant)?;
        let measured = pgbench::insert(&at, case.clients, self.seconds, self.postgres.postmaster()?)?;
        Ok(Outcome::Measured(Figures::new(
            measured,
            true,
            Oracle::Unchecked,
        )?))
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}, {} clients: {}",
            self.workload.name(),
            self.clients,
            self.contestant.name
        )
    }
}
