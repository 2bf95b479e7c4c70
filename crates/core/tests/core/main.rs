//! The core's contract, tested with fakes only: no network, no clock, no environment.

#[cfg(test)]
mod actuator;
#[cfg(test)]
mod agents;
#[cfg(test)]
mod budget;
#[cfg(test)]
mod compile_fail;
#[cfg(test)]
mod context;
#[cfg(test)]
mod graph;
#[cfg(test)]
mod mortal;
#[cfg(test)]
mod plan;
#[cfg(test)]
mod review;
#[cfg(test)]
mod scene;
#[cfg(test)]
mod scheduling;
#[cfg(test)]
mod tower;
#[cfg(test)]
mod trust;
#[cfg(test)]
mod waiting;
