use std::fmt;

use crate::retrieval::Question;

/// How good the answers to questions were.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Score {
    asked: usize,
    first: usize,
    among_three: usize,
    among_ten: usize,
    empty: usize,
    reciprocal: f64,
    unrelated: usize,
    stretched: usize,
}

impl Score {
    /// Counts an answer, the best first.
    #[expect(clippy::cast_precision_loss, reason = "a rank is small")]
    pub fn count(&mut self, question: &Question, answer: &[String]) {
        if question.right.is_empty() {
            self.unrelated += 1;
            self.stretched += usize::from(!answer.is_empty());
            return;
        }
        let rank = answer.iter().position(|path| question.right.contains(path));
        self.asked += 1;
        self.empty += usize::from(answer.is_empty());
        self.first += usize::from(rank == Some(0));
        self.among_three += usize::from(rank.is_some_and(|rank| rank < 3));
        self.among_ten += usize::from(rank.is_some_and(|rank| rank < 10));
        self.reciprocal += rank.map_or(0.0, |rank| 1.0 / (rank as f64 + 1.0));
    }
}

impl fmt::Display for Score {
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |count: usize, of: usize| 100.0 * count as f64 / of.max(1) as f64;
        let of_asked = |count| share(count, self.asked);
        write!(
            f,
            "Recall@1 {:5.1} %  @3 {:5.1} %  @10 {:5.1} %  MRR {:.3}  no answer {:4.1} %",
            of_asked(self.first),
            of_asked(self.among_three),
            of_asked(self.among_ten),
            self.reciprocal / self.asked.max(1) as f64,
            of_asked(self.empty),
        )?;
        if self.unrelated > 0 {
            write!(f, "  false \"related\" {:5.1} % of {}", share(self.stretched, self.unrelated), self.unrelated)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_counted_and_what_is_stretched_as_well() {
        let mut score = Score::default();
        let question = |right: &[&str]| Question {
            text: String::new(),
            path: None,
            right: right.iter().map(|path| (*path).to_owned()).collect(),
        };
        let answer = |paths: &[&str]| -> Vec<String> { paths.iter().map(|path| (*path).to_owned()).collect() };
        score.count(&question(&["a"]), &answer(&["a", "b"]));
        score.count(&question(&["a", "c"]), &answer(&["b", "c"]));
        score.count(&question(&["a"]), &answer(&[]));
        score.count(&question(&[]), &answer(&["b"]));
        score.count(&question(&[]), &answer(&[]));
        let text = score.to_string();
        assert!(text.starts_with("Recall@1  33.3 %  @3  66.7 %  @10  66.7 %  MRR 0.500"), "{text}");
        assert!(text.ends_with("no answer 33.3 %  false \"related\"  50.0 % of 2"), "{text}");
    }
}
