//! The fields of the forms, by the headings that people see.

use super::words::Words;

/// A field of the outage report form or of the feature request form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    Service,
    What,
    Error,
    Scope,
    Started,
    Url,
    Contact,
    /// "What do you need?" of the feature request form.
    Need,
}

impl Field {
    /// The fields of the outage report form, in its order.
    pub(crate) const REPORT: [Self; 7] =
        [Self::Service, Self::What, Self::Error, Self::Scope, Self::Started, Self::Url, Self::Contact];

    /// The field that a heading asks for, where the heading is known.
    ///
    /// Known are the form's own headings (SPEC §2), in English and in the translations that follow them word
    /// for word; case, punctuation, accents, emoji and a remark in brackets ("(optional)") do not matter.
    pub(crate) fn asked_by(heading: &str) -> Option<Self> {
        let words = Words::of(heading.split(['(', '[']).next().unwrap_or(heading));
        HEADINGS.iter().find(|(_, headings)| headings.contains(&words.as_str())).map(|(field, _)| *field)
    }
}

const HEADINGS: &[(Field, &[&str])] = &[
    (
        Field::Service,
        &[
            "affected service",
            "affected services",
            "service",
            "which service",
            "which service is affected",
            "betroffener dienst",
            "betroffene dienste",
            "welcher dienst ist betroffen",
            "dienst",
            "service concerne",
            "service affecte",
            "quel service est concerne",
            "servicio afectado",
            "servicio",
        ],
    ),
    (
        Field::What,
        &[
            "whats happening",
            "what is happening",
            "what happened",
            "what happens",
            "description",
            "was passiert",
            "was ist passiert",
            "was ist los",
            "beschreibung",
            "que se passe t il",
            "description du probleme",
            "que esta pasando",
            "que pasa",
            "que sucede",
            "descripcion",
        ],
    ),
    (
        Field::Error,
        &[
            "what kind of error",
            "what kind of error is it",
            "kind of error",
            "error type",
            "type of error",
            "error",
            "welche art von fehler",
            "was fur ein fehler",
            "art des fehlers",
            "fehlerart",
            "quel type derreur",
            "quel genre derreur",
            "type derreur",
            "que tipo de error",
            "tipo de error",
        ],
    ),
    (
        Field::Scope,
        &[
            "is it just you or others too",
            "just you or others too",
            "is it just you",
            "who is affected",
            "scope",
            "betrifft es nur sie oder auch andere",
            "betrifft es nur dich oder auch andere",
            "nur du oder auch andere",
            "nur sie oder auch andere",
            "wer ist betroffen",
            "est ce juste vous ou dautres aussi",
            "seulement vous ou dautres aussi",
            "qui est concerne",
            "solo tu o tambien otros",
            "es solo usted o tambien otros",
            "le pasa solo a usted o tambien a otros",
            "quien esta afectado",
        ],
    ),
    (
        Field::Started,
        &[
            "when did it start",
            "when did this start",
            "since when",
            "start time",
            "wann hat es angefangen",
            "wann hat es begonnen",
            "seit wann",
            "quand cela a t il commence",
            "quand est ce que ca a commence",
            "depuis quand",
            "cuando empezo",
            "cuando comenzo",
            "desde cuando",
        ],
    ),
    (
        Field::Url,
        &[
            "url you were accessing",
            "url",
            "address",
            "link",
            "aufgerufene url",
            "welche url wurde aufgerufen",
            "adresse",
            "url que vous consultiez",
            "url consultee",
            "url a la que accedia",
            "url a la que accedias",
            "direccion",
        ],
    ),
    (Field::Contact, &["contact", "how can we reach you", "kontakt", "contacto"]),
    (
        Field::Need,
        &[
            "what do you need",
            "what would you like",
            "feature request",
            "was brauchst du",
            "was brauchen sie",
            "was wird benotigt",
            "de quoi avez vous besoin",
            "de quoi as tu besoin",
            "que necesita",
            "que necesitas",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_is_known_however_it_is_written() {
        let cases = [
            ("Affected Service", Some(Field::Service)),
            ("🔥 AFFECTED SERVICE:", Some(Field::Service)),
            ("Affected\u{200b} Service *", Some(Field::Service)),
            ("What's happening?", Some(Field::What)),
            ("What’s happening", Some(Field::What)),
            ("What kind of error?", Some(Field::Error)),
            ("Is it just you, or others too?", Some(Field::Scope)),
            ("When did it start?", Some(Field::Started)),
            ("URL you were accessing (optional)", Some(Field::Url)),
            ("URL you were accessing", Some(Field::Url)),
            ("Contact", Some(Field::Contact)),
            ("What do you need?", Some(Field::Need)),
            ("Was ist passiert?", Some(Field::What)),
            ("Was für ein Fehler?", Some(Field::Error)),
            ("Quel type d’erreur ?", Some(Field::Error)),
            ("Que se passe-t-il ?", Some(Field::What)),
            ("¿Cuándo empezó?", Some(Field::Started)),
            ("Steps to reproduce", None),
            ("", None),
            ("The service that I think is affected", None),
        ];
        for (heading, field) in cases {
            assert_eq!(Field::asked_by(heading), field, "{heading:?}");
        }
    }

    #[test]
    fn every_known_heading_is_in_its_plain_form_and_known_once() {
        let mut seen = std::collections::BTreeSet::new();
        for heading in HEADINGS.iter().flat_map(|(_, headings)| *headings) {
            assert_eq!(Words::of(heading).as_str(), *heading);
            assert!(seen.insert(heading), "{heading} is there twice");
        }
    }
}
