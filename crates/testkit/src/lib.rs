//! Fakes of every port, contract suites, and the simulated world.
