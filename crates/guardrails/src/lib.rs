//! The rules that judge a change before it may be executed.
