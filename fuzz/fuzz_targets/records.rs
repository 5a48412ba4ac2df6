#![no_main]

use tenantlint_fuzz::{held, on_one_thread};

libfuzzer_sys::fuzz_target!(init: on_one_thread(), |data: &[u8]| held::records::hold(data));
