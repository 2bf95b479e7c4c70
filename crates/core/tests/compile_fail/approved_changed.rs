use lamplighter_core::Approved;
use lamplighter_core::words::Scaling;

fn more(approved: &mut Approved<Scaling>) {
    approved.change().to = 1000;
}

fn main() {}
