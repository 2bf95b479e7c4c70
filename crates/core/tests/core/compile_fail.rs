//! What must not compile: approvals cannot be made, copied or read from data, outside text cannot be read.

use lamplighter_core::Approved;
use lamplighter_core::trust::{Trusted, Untrusted};
use lamplighter_core::words::{Change, IssueText, Scaling};

#[test]
fn approvals_cannot_be_forged_and_outside_text_cannot_be_read() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}

/// Compiles only where a type does not implement a trait: `which` of the two it is would be ambiguous otherwise.
macro_rules! is_not {
    ($type:ty, $trait:path) => {{
        trait Absent<Which> {
            fn which() {}
        }
        impl<T: ?Sized> Absent<()> for T {}
        struct Present;
        impl<T: ?Sized + $trait> Absent<Present> for T {}
        <$type as Absent<_>>::which();
    }};
}

#[test]
fn approvals_and_trust_cannot_come_from_data_or_from_nothing() {
    is_not!(Approved<Change>, serde::de::DeserializeOwned);
    is_not!(Approved<Scaling>, serde::de::DeserializeOwned);
    is_not!(Approved<Scaling>, Clone);
    is_not!(Approved<Scaling>, Default);
    is_not!(Approved<Scaling>, From<Scaling>);
    is_not!(Trusted<IssueText>, serde::de::DeserializeOwned);
    is_not!(Trusted<IssueText>, Default);
    is_not!(Untrusted<IssueText>, serde::Serialize);
    is_not!(Untrusted<String>, std::fmt::Display);
    is_not!(Untrusted<String>, AsRef<str>);
    is_not!(Untrusted<String>, std::ops::Deref);
    is_not!(Untrusted<String>, Into<String>);
    is_not!(Untrusted<String>, PartialEq);
}
