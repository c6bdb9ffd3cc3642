//! Holds the chapters against the code.

use std::fs;
use std::path::Path;

#[test]
fn every_block_of_the_guide_is_code_that_was_compiled() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut blocks = 0;
    for chapter in [
        "events",
        "commands",
        "aggregates",
        "services",
        "process-managers",
        "server",
        "projections",
        "queries",
        "testing",
        "executing",
        "stores",
    ] {
        let text = fs::read_to_string(here.join(format!("../docs/guide/{chapter}.md"))).expect("a chapter");
        let code = fs::read_to_string(here.join(format!("tests/guide/{}.rs", chapter.replace('-', "_"))))
            .expect("its code");
        let code = unbroken(&code);
        for block in text
            .split("```rust\n")
            .skip(1)
            .filter_map(|rest| rest.split("```").next())
        {
            assert!(
                code.contains(&unbroken(block)),
                "docs/guide/{chapter}.md quotes code that is not there:\n{block}"
            );
            blocks += 1;
        }
    }
    assert!(blocks > 0, "the guide has code");
}

/// The same code, however its lines are broken: chapters are narrower than files.
fn unbroken(code: &str) -> String {
    let code: String = code.split_whitespace().collect();
    code.replace(",}", "}").replace(",)", ")").replace(",]", "]")
}
