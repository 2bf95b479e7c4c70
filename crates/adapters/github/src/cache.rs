//! What was read before, with the tags by which GitHub says that it has not changed.
//! <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate>

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use crate::answer::Answer;

/// How many answers are kept.
const ENTRIES: usize = 256;
/// How much of them is kept, in bytes.
const BYTES: usize = 16 << 20;

/// Answers by their paths and queries. The oldest ones go first.
#[derive(Default)]
pub(crate) struct TagCache(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    answers: HashMap<String, Answer>,
    order: VecDeque<String>,
    bytes: usize,
}

impl TagCache {
    /// The answer that was kept.
    pub(crate) fn get(&self, target: &str) -> Option<Answer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).answers.get(target).cloned()
    }

    /// Keeps an answer that has a tag.
    pub(crate) fn put(&self, target: &str, answer: &Answer) {
        if answer.tag.is_none() || answer.body.len() > BYTES / 4 {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.remove(target);
        kept.bytes += answer.body.len();
        kept.answers.insert(target.to_owned(), answer.clone());
        kept.order.push_back(target.to_owned());
        while kept.order.len() > ENTRIES || kept.bytes > BYTES {
            let Some(oldest) = kept.order.front().cloned() else { break };
            kept.remove(&oldest);
        }
    }
}

impl Kept {
    fn remove(&mut self, target: &str) {
        if let Some(answer) = self.answers.remove(target) {
            self.bytes -= answer.body.len();
            self.order.retain(|known| known != target);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(length: usize) -> Answer {
        Answer { tag: Some("\"t\"".to_owned()), body: vec![b'x'; length].into(), ..Answer::empty(200) }
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many_or_they_are_too_large() {
        let cache = TagCache::default();
        for number in 0..=ENTRIES {
            cache.put(&number.to_string(), &answer(1));
        }
        assert!(cache.get("0").is_none() && cache.get("1").is_some());
        for number in 0..5 {
            cache.put(&format!("large {number}"), &answer(BYTES / 4));
        }
        assert!(cache.get("large 0").is_none() && cache.get("large 4").is_some());
        assert!(cache.0.lock().unwrap().bytes <= BYTES);
        cache.put("huge", &answer(BYTES / 4 + 1));
        cache.put("untagged", &Answer { tag: None, ..answer(1) });
        assert!(cache.get("huge").is_none() && cache.get("untagged").is_none());
        cache.put("large 4", &answer(2));
        assert_eq!(cache.get("large 4").map(|answer| answer.body.len()), Some(2), "the newest counts");
    }
}
