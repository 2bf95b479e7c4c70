use lamplighter_documents::{Part, Section};
use serde::{Deserialize, Serialize};

/// The parts of a document that are weighed apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub(crate) enum Field {
    Title,
    Services,
    /// What was at fault.
    Cause,
    /// What was seen, and how it came about.
    Symptoms,
    Resolution,
    /// Text below a heading that says nothing about its part, or without one.
    Body,
    /// What is told in every post-mortem in much the same words: the timeline, the lessons, what is planned.
    Rest,
}

impl Field {
    /// How many there are.
    pub(crate) const COUNT: usize = 7;

    /// All of them, in order.
    pub(crate) const ALL: [Self; Self::COUNT] =
        [Self::Title, Self::Services, Self::Cause, Self::Symptoms, Self::Resolution, Self::Body, Self::Rest];

    /// Its place in an array of one number for each field.
    pub(crate) const fn place(self) -> usize {
        self as usize
    }

    /// How much one occurrence of a word in it counts. The order is what matters: where an author sums up what it was
    /// counts most, and what is written in the same words after every incident counts least.
    pub(crate) const fn weight(self) -> f32 {
        match self {
            Self::Title => 3.0,
            Self::Services | Self::Cause => 2.5,
            Self::Symptoms => 1.5,
            Self::Resolution | Self::Body => 1.0,
            Self::Rest => 0.35,
        }
    }

    /// How much its length counts against its words, as `b` of BM25.
    pub(crate) const fn length_weight(self) -> f32 {
        match self {
            Self::Services => 0.0,
            Self::Title => 0.3,
            _ => 0.6,
        }
    }

    /// The field of a section.
    pub(crate) const fn of(section: &Section) -> Self {
        match section.part {
            Some(Part::RootCause) => Self::Cause,
            Some(Part::Summary | Part::Impact | Part::Detection | Part::ContributingFactors) => Self::Symptoms,
            Some(Part::Resolution) => Self::Resolution,
            Some(
                Part::Timeline | Part::Prevention | Part::Lessons | Part::FollowUp | Part::Recurrence | Part::RawData,
            ) => Self::Rest,
            None => Self::Body,
        }
    }

    /// The field of a line of the head; `None` for what says nothing about the trouble, such as its author.
    pub(crate) fn of_metadata(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        let speaks_of = |words: &[&str]| words.iter().any(|word| name.contains(word));
        if speaks_of(&["cause", "classification", "category", "trigger", "fault", "taxonomy", "tag", "keyword"]) {
            Some(Self::Cause)
        } else if speaks_of(&["summary", "impact", "symptom", "description", "detect", "what happened", "component"]) {
            Some(Self::Symptoms)
        } else if speaks_of(&["resolution", "fix", "mitigation", "remediation"]) {
            Some(Self::Resolution)
        } else {
            None
        }
    }
}
