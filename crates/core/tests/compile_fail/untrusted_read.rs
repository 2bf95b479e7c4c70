use lamplighter_core::trust::{Provenance, Untrusted};

fn main() {
    let words = Untrusted::new("rm -rf /".to_owned());
    println!("{}", words.0);
    println!("{words}");
    let _trusted = words.admitted(Provenance::Ourselves);
}
