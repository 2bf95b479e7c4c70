use lamplighter_core::Approved;

fn main() {
    let _forged = Approved { change: 1, rulings: Vec::new() };
}
