use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::contestant::CONTESTANTS;
use crate::goals::goals;
use crate::machine::Conditions;
use crate::medians::{figures, median, millis};
use crate::record::{Figures, Oracle, Outcome, Record};
use crate::workload::Workload;

const HEAD: &str = "\
| | per second | ratio | range | p50 ms | p99 ms | attempts | client CPU µs | server CPU µs | failed | oracle |
|---|---|---|---|---|---|---|---|---|---|---|
";

/// The page of a comparison, in Markdown.
pub(crate) fn page(records: &[Record], conditions: &Conditions) -> String {
    let mut page = String::from("# Figures\n\n");
    for (name, fact) in &conditions.facts {
        line(&mut page, &format!("* {name}: {fact}"));
    }
    page.push_str(
        "\nThe ratio is to what one writes by hand on the same database; that of a variant is to what stands before the \
         colon: what it costs or saves. Ratios closer than 1.15 are equal. CPU is for each command. The oracle holds if everything that was \
         acknowledged is stored once, and nobody owes.\n",
    );
    page.push_str("\n## Goals\n\n| goal | wanted | measured | |\n|---|---|---|---|\n");
    for goal in goals(records) {
        line(&mut page, &goal);
    }
    let mut tables: BTreeMap<(Workload, usize), Vec<&Record>> = BTreeMap::new();
    for record in records {
        tables
            .entry((record.work, record.clients))
            .or_default()
            .push(record);
    }
    for ((workload, clients), records) in tables {
        let noun = if clients == 1 { "client" } else { "clients" };
        line(
            &mut page,
            &format!("\n## {}, {clients} {noun}\n", workload.title()),
        );
        page.push_str(HEAD);
        for row in rows(&records) {
            line(&mut page, &row);
        }
    }
    page
}

fn line(page: &mut String, text: &str) {
    page.push_str(text);
    page.push('\n');
}

fn rows(records: &[&Record]) -> Vec<String> {
    let of = |name: &str| -> Vec<&Record> {
        records
            .iter()
            .copied()
            .filter(|record| record.contestant == name)
            .collect()
    };
    let speed = |name: &str| median(figures(&of(name)).map(|figures| figures.per_second));
    CONTESTANTS
        .iter()
        .map(|contestant| (contestant, of(contestant.name)))
        .filter(|(_, records)| !records.is_empty())
        .map(|(contestant, records)| {
            let mut row = format!("| {} |", contestant.name);
            for cell in cells(&records, speed(contestant.measure())) {
                // Writing to a string cannot fail.
                let _ = write!(row, " {cell} |");
            }
            row
        })
        .collect()
}

fn cells(records: &[&Record], measure: Option<f64>) -> [String; 10] {
    let mut cells = <[String; 10]>::default();
    let median_of = |value: fn(&Figures) -> Option<f64>| median(figures(records).filter_map(value));
    if let Some(speed) = median_of(|figures| Some(figures.per_second)) {
        let speeds = figures(records).map(|figures| figures.per_second);
        let (least, most) = speeds.fold((f64::MAX, 0.0_f64), |(least, most), x| {
            (least.min(x), most.max(x))
        });
        let digits = |value: fn(&Figures) -> Option<f64>, digits: usize| {
            median_of(value).map_or_else(String::new, |value| format!("{value:.digits$}"))
        };
        cells[0] = format!("{speed:.0}");
        cells[1] = measure.map_or_else(String::new, |measure| format!("{:.2}", speed / measure));
        cells[2] = format!("{least:.0}-{most:.0}");
        cells[3] = digits(|figures| figures.p50.map(millis), 2);
        cells[4] = digits(|figures| figures.p99.map(millis), 2);
        cells[5] = digits(|figures| Some(figures.attempts), 2);
        cells[6] = digits(|figures| figures.client_cpu, 0);
        cells[7] = digits(|figures| figures.server_cpu, 0);
        cells[8] = figures(records)
            .map(|figures| figures.failed)
            .sum::<u64>()
            .to_string();
    }
    cells[9] = verdict(records);
    cells
}

/// The worst of all rounds.
fn verdict(records: &[&Record]) -> String {
    let (mut stored, mut missing, mut followed) = (0, 0, false);
    let mut held = false;
    for record in records {
        match &record.outcome {
            Outcome::Broke(why) => return format!("**broke**: {}", why.replace(['\n', '|'], " ")),
            Outcome::Cannot => return "cannot".into(),
            Outcome::Measured(Figures {
                oracle: Oracle::Broken(why),
                ..
            }) => return format!("**{why}**"),
            Outcome::Measured(figures) => held |= figures.oracle == Oracle::Holds,
            Outcome::Followed(round) => {
                followed = true;
                stored += round.stored;
                missing += round.missing;
            }
        }
    }
    match (followed, missing) {
        (false, _) if held => "holds".into(),
        (false, _) => String::new(),
        (true, 0) => format!("none of {stored} missed"),
        (true, _) => format!("**{missing} of {stored} missed**"),
    }
}
