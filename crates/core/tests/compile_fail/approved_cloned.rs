use lamplighter_core::Approved;
use lamplighter_core::words::Change;

fn twice(approved: &Approved<Change>) -> Approved<Change> {
    Approved::clone(approved)
}

fn main() {}
