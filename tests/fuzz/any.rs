//! One binary for all targets, because most of building it is linking: `FUZZ_TARGET` names which.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;

mod targets;

use targets::{TARGETS, Target};

fn target() -> &'static Target {
    static CHOSEN: OnceLock<&Target> = OnceLock::new();
    CHOSEN.get_or_init(|| {
        let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
        let known: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        let found = TARGETS.iter().find(|target| target.name == name);
        found.unwrap_or_else(|| panic!("FUZZ_TARGET is `{name}`, expected one of {known:?}"))
    })
}

fuzz_target!(
    init: {
        target();
        // Panics that the program catches are no findings; those that leave a target still are.
        std::panic::set_hook(Box::new(|_| {}));
    },
    |bytes: &[u8]| (target().run)(bytes)
);
