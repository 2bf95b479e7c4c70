//! An outage report, from a form and from free text.

use lamplighter_core::words::{ErrorKindReported, IssueText, Report, ServiceCatalog};

use super::answers;
use super::fields::Field;
use super::form::Form;
use super::prose;
use super::words::Words;

/// Reads a report: the form's answers first, then the words for what is still open.
pub(crate) fn read(text: &IssueText, catalog: &ServiceCatalog) -> Report {
    let form = Form::read(&text.body);
    let line = |field| form.answer_to(field).and_then(answers::line);
    let mut services = line(Field::Service).map(|answer| answers::services(&answer)).unwrap_or_default().into_iter();
    let service = services.next();
    let what = what(text, &form, &services.collect::<Vec<_>>());

    let told = format!("{}\n{}", text.title, what.as_deref().unwrap_or_default());
    let words = Words::of(&told);
    let error = line(Field::Error).map(|answer| answers::error(&answer));
    Report {
        service: service.or_else(|| prose::service(&words, catalog)),
        error: error
            .filter(|kind| *kind != ErrorKindReported::NotSure)
            .or_else(|| prose::error(&told, &words))
            .or(error),
        scope: line(Field::Scope).map(|answer| answers::scope(&answer)),
        started: line(Field::Started).or_else(|| prose::started(&told)),
        url: line(Field::Url).and_then(|answer| prose::url(&answer)).or_else(|| prose::url(&told)),
        contact: line(Field::Contact),
        what,
    }
}

/// What is happening: the answer, with what was said outside of every field.
fn what(text: &IssueText, form: &Form, more_services: &[String]) -> Option<String> {
    let answer = form.answer_to(Field::What).and_then(|section| answers::long(&section.text));
    let rest = form.rest.iter().filter(|section| !answers::is_checkboxes(&section.text)).filter_map(|section| {
        let said = answers::long(&section.text)?;
        Some(if section.heading.is_empty() { said } else { format!("{}: {said}", section.heading) })
    });
    let more = (!more_services.is_empty()).then(|| format!("Affected too: {}", more_services.join(", ")));
    let need = form.answer_to(Field::Need).and_then(|section| answers::long(&section.text));
    let parts: Vec<String> = answer.into_iter().chain(need).chain(rest).chain(more).collect();
    answers::long(&parts.join("\n\n")).or_else(|| answers::long(&text.title))
}
