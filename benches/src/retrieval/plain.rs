use std::collections::{HashMap, HashSet};

use lamplighter_core::ports::ArchivedDocument;

/// BM25 over whole texts, as it is in every textbook: words in lower case, `k1` 1.2, `b` 0.75. What is better has to be
/// better than this.
#[derive(Debug, Clone)]
pub struct PlainBm25 {
    paths: Vec<String>,
    lengths: Vec<f32>,
    average: f32,
    postings: HashMap<String, Vec<(usize, f32)>>,
}

impl PlainBm25 {
    /// Over these documents.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "texts are not so long")]
    pub fn new(documents: &[ArchivedDocument]) -> Self {
        let mut postings: HashMap<String, Vec<(usize, f32)>> = HashMap::new();
        let mut lengths = Vec::new();
        for (place, document) in documents.iter().enumerate() {
            let mut counts: HashMap<String, f32> = HashMap::new();
            let mut length = 0.0;
            for word in words(&document.text) {
                *counts.entry(word).or_default() += 1.0;
                length += 1.0;
            }
            lengths.push(length);
            for (word, count) in counts {
                postings.entry(word).or_default().push((place, count));
            }
        }
        let average = lengths.iter().sum::<f32>() / lengths.len().max(1) as f32;
        let paths = documents.iter().map(|document| document.path.clone()).collect();
        Self { paths, lengths, average, postings }
    }

    /// The paths of what answers best, at most so many, without one of them.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "an archive has not so many documents")]
    pub fn search(&self, text: &str, except: Option<&str>, limit: usize) -> Vec<String> {
        const K1: f32 = 1.2;
        const B: f32 = 0.75;
        let all = self.paths.len() as f32;
        let mut scores = vec![0.0_f32; self.paths.len()];
        let asked: HashSet<String> = words(text).collect();
        for word in asked {
            let Some(found) = self.postings.get(&word) else { continue };
            let having = found.len() as f32;
            let rarity = (1.0 + (all - having + 0.5) / (having + 0.5)).ln();
            for (place, count) in found {
                let length = self.lengths.get(*place).copied().unwrap_or_default() / self.average;
                if let Some(score) = scores.get_mut(*place) {
                    *score += rarity * count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * length));
                }
            }
        }
        let mut ranked: Vec<_> = self.paths.iter().zip(scores).filter(|(_, score)| *score > 0.0).collect();
        ranked.retain(|(path, _)| Some(path.as_str()) != except);
        ranked.sort_by(|(one, first), (other, second)| second.total_cmp(first).then_with(|| one.cmp(other)));
        ranked.into_iter().take(limit).map(|(path, _)| path.clone()).collect()
    }
}

/// The words of a text.
pub(crate) fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 1).map(str::to_lowercase)
}
