//! Edits of a stack's files: values are replaced and blocks of a known shape are added, nothing else.

use lamplighter_core::ports::{Knob, Monitoring, StackEdit};
use lamplighter_core::words::WorkloadRef;

use crate::monitor::{self, Misfit};
use crate::source::Module;
use crate::workload;

/// Makes the edits in the module. One that is there already changes nothing.
///
/// # Errors
/// Why an edit has no place, for a person. The module is then of no more use.
pub(crate) fn make(module: &mut Module, edits: &[StackEdit]) -> Result<(), String> {
    for edit in edits {
        match edit {
            StackEdit::Set { workload, knob, from, to } => set(module, workload, knob, (from, to))?,
            StackEdit::AddMonitor(monitoring) => add_monitor(module, monitoring)?,
        }
    }
    Ok(())
}

fn set(module: &mut Module, workload: &WorkloadRef, knob: &Knob, (from, to): (&str, &str)) -> Result<(), String> {
    let Some(literal) = workload::find(module, workload, knob) else {
        return Err(format!("the {} of {workload} is not set by a plain value of its own here", named(knob)));
    };
    if literal.value == to {
        return Ok(());
    }
    if literal.value != from {
        return Err(format!("the {} of {workload} is `{}` and not `{from}`", named(knob), literal.value));
    }
    let written = literal
        .rewritten(to)
        .ok_or_else(|| format!("the {} of {workload} is a number and `{to}` is none", named(knob)))?;
    module.splice(literal.file, literal.range.clone(), &written).map_err(|error| error.to_string())?;
    let now = workload::find(module, workload, knob);
    if now.is_none_or(|now| now.value != to || now.range.start != literal.range.start) {
        return Err(format!("the {} of {workload} did not read back after the edit", named(knob)));
    }
    Ok(())
}

fn add_monitor(module: &mut Module, monitoring: &Monitoring) -> Result<(), String> {
    let (file, text) = match monitor::copy(module, monitoring) {
        Ok(copy) => copy,
        Err(Misfit::Present) => return Ok(()),
        Err(Misfit::Because(reason)) => return Err(reason),
    };
    let end = module.file(file).map_or(0, |source| source.text.len());
    module.splice(file, end..end, &text).map_err(|error| error.to_string())?;
    match monitor::copy(module, monitoring) {
        Err(Misfit::Present) => Ok(()),
        _ => Err("the new monitor did not read back after the edit".to_owned()),
    }
}

fn named(knob: &Knob) -> String {
    match knob {
        Knob::MemoryLimit { container } => format!("memory limit of container {container}"),
        Knob::MemoryRequest { container } => format!("memory request of container {container}"),
        Knob::CpuLimit { container } => format!("CPU limit of container {container}"),
        Knob::Replicas => "replica count".to_owned(),
    }
}

#[cfg(test)]
mod tests;
