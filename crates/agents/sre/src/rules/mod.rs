//! One file for each way in which what runs fails.

mod application_crash;
mod cpu_overload;
mod memory_leak;
mod out_of_memory;
mod probe_port;
mod probe_protocol;
mod probe_timing;
mod server_errors;

use lamplighter_core::diagnosis::Rule;

/// Every rule.
pub(crate) fn rules() -> Vec<Box<dyn Rule>> {
    vec![
        Box::new(out_of_memory::OutOfMemory),
        Box::new(probe_port::ProbePort),
        Box::new(probe_protocol::ProbeProtocol),
        Box::new(probe_timing::ProbeTiming),
        Box::new(application_crash::ApplicationCrash),
        Box::new(cpu_overload::CpuOverload),
        Box::new(memory_leak::MemoryLeak),
        Box::new(server_errors::ServerErrors),
    ]
}
