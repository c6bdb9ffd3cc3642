/// Nobody mistypes a name that is longer than any.
const LONGEST_NAME: usize = 250;
/// As many as people read.
const MOST: usize = 3;
/// From which likeness on a name may be what was meant; that of `clap`.
const ALIKE: f64 = 0.7;

/// The known commands, or queries, that an unknown one may have been meant to be, the likeliest first. With a category, a command reads
/// `todo/Create`.
pub(crate) fn suggestions<'a>(
    category: Option<&str>,
    name: &str,
    known: impl Iterator<Item = (Option<&'a str>, &'a str)>,
) -> Vec<String> {
    if name.len() > LONGEST_NAME {
        return Vec::new();
    }
    let sent = shown(category, name).to_lowercase();
    let name = name.to_lowercase();
    let mut alike: Vec<(f64, String)> = known
        .map(|(category, known)| {
            let shown = shown(category, known);
            // A wrong target, or none, is as easily sent as a wrong name.
            let by_name = strsim::jaro(&known.to_lowercase(), &name);
            (strsim::jaro(&shown.to_lowercase(), &sent).max(by_name), shown)
        })
        .filter(|(likeness, _)| *likeness > ALIKE)
        .collect();
    alike.sort_by(|(a, first), (b, second)| b.total_cmp(a).then_with(|| first.cmp(second)));
    alike.into_iter().take(MOST).map(|(_, shown)| shown).collect()
}

fn shown(category: Option<&str>, name: &str) -> String {
    match category {
        Some(category) => format!("{category}/{name}"),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [(Option<&str>, &str); 4] = [
        (Some("todo"), "Complete"),
        (Some("todo"), "Create"),
        (Some("todo_list"), "Create"),
        (None, "TransferMoney"),
    ];

    fn suggested(category: Option<&str>, name: &str) -> Vec<String> {
        suggestions(category, name, KNOWN.into_iter())
    }

    #[test]
    fn the_likeliest_comes_first() {
        assert_eq!(suggested(Some("todo"), "Compleat")[0], "todo/Complete");
        assert_eq!(suggested(None, "transfer_money")[0], "TransferMoney");
        assert_eq!(
            suggested(None, "Create")[..2],
            ["todo/Create", "todo_list/Create"]
        );
    }

    #[test]
    fn what_resembles_nothing_brings_no_suggestion() {
        assert!(suggested(None, "xyzzy").is_empty());
        assert!(suggested(None, &"Create".repeat(100_000)).is_empty());
    }
}
