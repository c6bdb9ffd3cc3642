//! A campaign that is small enough for every change. What it measures is not looked at, only what arrives.

use std::process::Command;

use serde_json::Value;

#[test]
fn all_clients_receive_all_events_and_the_one_that_never_reads_is_cut_off() {
    let output = Command::new(env!("CARGO_BIN_EXE_sockets"))
        .args([
            "--clients",
            "50",
            "--commands",
            "200",
            "--rounds",
            "2",
            "--rate",
            "1000",
        ])
        .args(["--idle", "200", "--write-timeout", "1"])
        .output()
        .expect("it runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let outcome: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(outcome["commands"], 400);
    assert_eq!(outcome["delivered"], 50 * 400);
    assert_eq!(outcome["idle"]["clients"], 200);
}
