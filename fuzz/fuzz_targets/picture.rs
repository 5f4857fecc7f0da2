#![no_main]
#![allow(dead_code)]

#[path = "../../examples/fuzz/targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    targets::run("picture", bytes);
});
