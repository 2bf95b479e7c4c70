use lamplighter_core::Approved;
use lamplighter_core::words::Scaling;

fn swap(approved: Approved<Scaling>, larger: Scaling) -> Approved<Scaling> {
    Approved { change: larger, ..approved }
}

fn main() {}
