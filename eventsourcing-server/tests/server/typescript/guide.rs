//! Holds the chapter about clients against code that runs.

use std::fs;
use std::path::Path;

#[test]
fn the_code_of_the_guide_is_that_of_tests() {
    let chapter = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide/clients.md");
    let chapter = fs::read_to_string(chapter).expect("the chapter");
    let sources = [("rust", include_str!("mod.rs")), ("ts", include_str!("check.ts"))];
    let mut quoted = 0;
    for block in chapter.split("```").skip(1).step_by(2) {
        let (language, code) = block.split_once('\n').expect("a language");
        let (_, source) = sources
            .iter()
            .find(|(name, _)| *name == language)
            .expect("a language of ours");
        assert!(
            source.contains(code),
            "the guide quotes code that is not there:\n{code}"
        );
        quoted += 1;
    }
    assert_eq!(quoted, 7);
}
