//! Whatever a post-mortem is made of: it is read, its items are on its lines, and marking one changes no other line.
#![no_main]

use lamplighter_documents::{PostMortem, append_follow_ups, mark_done};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    // Where there is no other end of a line, a carriage return is one.
    let end = if text.contains('\n') || !text.contains('\r') { '\n' } else { '\r' };
    let lines = text.split(end).count();
    let read = PostMortem::read("a.md", &text);
    for item in read.action_items.iter().take(3) {
        assert!((1..=lines).contains(&item.line));
        let Some(marked) = mark_done(&text, item.line, "a1b2c3d") else { continue };
        let (old, new): (Vec<_>, Vec<_>) = (text.split(end).collect(), marked.split(end).collect());
        assert_eq!(old.len(), new.len());
        assert!(old.iter().zip(&new).enumerate().all(|(at, (old, new))| old == new || at + 1 == item.line));
    }
    assert_eq!(append_follow_ups(&text, &[]), text);
    let _ = PostMortem::read("a.html", &text);
});
