//! What the macros refuse, with the messages that users see. What they must accept is in `accepts`.
//!
//! Every file in `ui/fail` breaks the rule that is named in its first line; the file beside it holds the messages.
//! Write those anew with `TRYBUILD=overwrite`, and read them as somebody who has never seen the macro.

use std::io::Write as _;
use std::process::Command;

/// Other compilers word their messages in other ways.
const COMPILER: &str = "rustc 1.95.";

#[test]
fn the_macros_say_what_is_wrong_and_how_to_mend_it() {
    let compiler = compiler();
    if !compiler.starts_with(COMPILER) {
        skip(&compiler);
        return;
    }
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/fail/**/*.rs");
}

fn compiler() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    match Command::new(rustc).arg("--version").output() {
        Ok(output) => String::from_utf8_lossy(&output.stdout).into_owned(),
        Err(error) => error.to_string(),
    }
}

/// Writes past the test harness, which would keep the output of a test that succeeds to itself.
fn skip(compiler: &str) {
    let _ = writeln!(
        std::io::stderr(),
        "SKIPPED: compiler messages are compared for {COMPILER}x only, this is {compiler}"
    );
}
