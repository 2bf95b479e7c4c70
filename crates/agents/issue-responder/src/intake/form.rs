//! The forms of SPEC §2: `### Heading`, then the answer.

use std::collections::BTreeMap;

use super::fields::Field;
use super::sections::{Section, sections};

/// An issue's body, read as a form.
#[derive(Debug, Default)]
pub(crate) struct Form {
    answers: BTreeMap<Field, Section>,
    /// What stands in no field: text before the first heading, sections that the form does not have.
    pub(crate) rest: Vec<Section>,
}

impl Form {
    /// Reads a body. One that follows no form has no answers, and everything in `rest`.
    pub(crate) fn read(body: &str) -> Self {
        let sections = sections(body);
        let by_place = fields_by_place(&sections);
        let mut form = Self::default();
        let mut current: Option<Field> = None;
        for (at, section) in sections.into_iter().enumerate() {
            let field = Field::asked_by(&section.heading).or_else(|| by_place.get(&at).copied());
            match (field, current) {
                (Some(field), _) => {
                    current = Some(field);
                    form.answer(field, section);
                }
                // Other headings than the form's are ones that somebody typed into an answer.
                (None, Some(field)) if section.level != 3 => form.continue_answer(field, &section),
                (None, _) => {
                    current = None;
                    form.rest.push(section);
                }
            }
        }
        form
    }

    /// What was answered.
    pub(crate) fn answer_to(&self, field: Field) -> Option<&Section> {
        self.answers.get(&field)
    }

    /// How many of the outage report's fields are there, answered or not.
    pub(crate) fn report_fields(&self) -> usize {
        Field::REPORT.iter().filter(|field| self.answers.contains_key(field)).count()
    }

    /// The first answer counts; a second one under the same heading counts where the first was empty.
    fn answer(&mut self, field: Field, section: Section) {
        match self.answers.get_mut(&field) {
            Some(first) if first.text.trim().is_empty() => *first = section,
            Some(_) => self.rest.push(section),
            None => {
                self.answers.insert(field, section);
            }
        }
    }

    fn continue_answer(&mut self, field: Field, section: &Section) {
        if let Some(answer) = self.answers.get_mut(&field) {
            answer.text.push_str(&section.heading);
            answer.text.push('\n');
            answer.text.push_str(&section.text);
        }
    }
}

/// The fields of a form in a language that is not known, by their places: it has exactly the outage report's
/// seven headings, and those that are known stand where the form has them.
fn fields_by_place(sections: &[Section]) -> BTreeMap<usize, Field> {
    let headings: Vec<(usize, &Section)> = sections.iter().enumerate().filter(|(_, s)| s.level == 3).collect();
    let fits = headings.len() == Field::REPORT.len()
        && headings
            .iter()
            .zip(Field::REPORT)
            .all(|((_, section), field)| Field::asked_by(&section.heading).is_none_or(|known| known == field));
    if !fits {
        return BTreeMap::new();
    }
    headings.iter().zip(Field::REPORT).map(|((at, _), field)| (*at, field)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str, field: Field) -> Option<String> {
        Form::read(body).answer_to(field).map(|section| section.text.trim().to_owned())
    }

    #[test]
    fn answers_stand_below_their_headings() {
        let body = "### Affected Service\n\nA\n\n### What's happening?\n\nB\n# Log\nC\n";
        assert_eq!(answer(body, Field::Service).as_deref(), Some("A"));
        assert_eq!(answer(body, Field::What).as_deref(), Some("B\nLog\nC"));
        assert_eq!(answer(body, Field::Error), None);
    }

    #[test]
    fn the_first_of_two_answers_counts() {
        assert_eq!(answer("### Service\nA\n### Service\nB", Field::Service).as_deref(), Some("A"));
        assert_eq!(answer("### Service\n\n### Service\nB", Field::Service).as_deref(), Some("B"));
        let form = Form::read("### Service\nA\n### Service\nB\n### Browser\nFirefox");
        assert_eq!(form.rest.len(), 3, "{:?}", form.rest);
    }

    #[test]
    fn a_form_in_an_unknown_language_is_read_by_its_places() {
        let body = "### 影響\nNextcloud\n### 何\n壊れた\n### 種類\n502\n### 誰\nx\n### いつ\n14:00\n### URL\nhttps://a.example\n### 連絡\nada";
        assert_eq!(answer(body, Field::Service).as_deref(), Some("Nextcloud"));
        assert_eq!(answer(body, Field::Contact).as_deref(), Some("ada"));
        let shuffled = body.replace("### URL", "### 場所").replace("### 影響", "### URL");
        assert_eq!(answer(&shuffled, Field::Service), None);
        assert_eq!(answer("### 影響\nNextcloud", Field::Service), None);
    }
}
