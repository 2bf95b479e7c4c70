use jiff::civil::Date;
use lamplighter_core::words::Severity;

use crate::front_matter::front_matter;
use crate::parts::part_of;
use crate::reader::{Reader, part_told_by};
use crate::text::{Fences, LineIndex, lines};
use crate::{Part, PostMortem, Section, Unread, claims, dates, embedded, html, items};

/// The longest line that is taken for a title, in words.
const LONGEST_TITLE: usize = 14;

impl PostMortem {
    /// Reads a document: Markdown in any shape, with front matter or without, or a web page. Never fails and takes time in
    /// proportion to the length; what is not understood is in [`unread`](PostMortem::unread).
    ///
    /// ```
    /// use lamplighter_documents::{Part, PostMortem};
    ///
    /// let read = PostMortem::read("2026-03-01-wiki.md", "# Wiki down\n**Severity:** SEV2\n\n## What broke and why: the cause\nNo memory.\n");
    /// assert_eq!((read.title.as_str(), read.date.unwrap().to_string()), ("Wiki down", "2026-03-01".to_owned()));
    /// assert_eq!(read.part(Part::RootCause).unwrap().text, "No memory.");
    /// ```
    #[must_use]
    pub fn read(path: &str, text: &str) -> Self {
        let mut unread = Vec::new();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if let Some(at) = text.find(['\u{fffd}', '\0']) {
            let line = LineIndex::new(text).line_of(at);
            unread.push(Unread { line, why: "characters that are no text".to_owned() });
        }
        let page = if html::is_html(path, text) { Some(html::to_markdown(text)) } else { embedded::as_markdown(text) };
        let mut document = read_markdown(page.as_ref().map_or(text, |page| &page.text));
        if let Some(page) = page {
            document.renumber(|line| page.lines.get(line.saturating_sub(1)).copied().unwrap_or(line));
            if document.title.is_empty() && !is_section_name(&page.title) {
                document.title = page.title.split_whitespace().collect::<Vec<_>>().join(" ");
            }
        }
        let mut fences = Fences::default();
        if let Some(last) = lines(text).inspect(|line| _ = fences.is_code(line.text)).last().map(|line| line.number)
            && fences.is_open()
        {
            unread.push(Unread { line: last, why: "code that is begun and never ended".to_owned() });
        }
        path.clone_into(&mut document.path);
        document.unread.splice(0..0, unread);
        document.conclude();
        document
    }

    fn renumber(&mut self, line: impl Fn(usize) -> usize) {
        for section in &mut self.sections {
            section.line = line(section.line);
        }
        for link in &mut self.links {
            link.line = line(link.line);
        }
        for item in &mut self.action_items {
            item.line = line(item.line);
        }
        for unread in &mut self.unread {
            unread.line = line(unread.line);
        }
    }

    /// What its head claims, from the fields, the title and the name of the file.
    fn conclude(&mut self) {
        if self.title.is_empty() || is_generic(&self.title) {
            let told = self.told_title();
            if told.is_some() || self.title.is_empty() {
                self.title = told.unwrap_or_else(|| title_of_path(&self.path));
            }
        }
        self.severity = self.claimed_severity();
        self.date = self.claimed_date();
        for field in &self.metadata {
            if is_services(&field.name) {
                self.services.extend(claims::services(&field.value));
            } else if matches!(field.name.to_lowercase().as_str(), "affected" | "impacted" | "betroffen") {
                self.services.extend(claims::affected(&field.value));
            }
        }
        self.make_sections_of_fields();
        let mut seen = std::collections::BTreeSet::new();
        self.services.retain(|service| seen.insert(service.to_lowercase()));
        let missing = [
            (self.date.is_none(), "no date of the incident"),
            (
                self.part(Part::RootCause).is_none() && self.field("root cause").is_none(),
                "no part about the root cause",
            ),
            (self.sections.iter().all(|section| section.text.is_empty()), "no text"),
        ];
        for (_, why) in missing.into_iter().filter(|(is_missing, _)| *is_missing) {
            self.unread.push(Unread { line: 1, why: why.to_owned() });
        }
    }

    /// Its title, where no heading is one: a field, or a short line before all headings.
    fn told_title(&self) -> Option<String> {
        let named = ["title", "incident title", "name", "subject", "titel"].iter().find_map(|name| self.field(name));
        let first = || {
            let line = self.sections.first().filter(|first| first.heading.is_empty())?.text.lines().next()?;
            let is_short = (2..=LONGEST_TITLE).contains(&line.split_whitespace().count()) && !line.ends_with('.');
            let is_row = line.contains(" | ");
            let is_field = self.metadata.iter().any(|field| line.starts_with(&field.name));
            (is_short && !is_row && !is_field && !is_generic(line)).then_some(line)
        };
        named.or_else(first).map(str::to_owned)
    }

    /// Where a part is told in the head alone, it is a section too.
    fn make_sections_of_fields(&mut self) {
        for field in &self.metadata {
            let Some(part) = part_told_by(field).filter(|part| self.sections.iter().all(|it| it.part != Some(*part)))
            else {
                continue;
            };
            let (heading, text) = (field.name.clone(), field.value.clone());
            self.sections.push(Section { part: Some(part), heading, level: 6, line: 1, text });
        }
    }

    fn claimed_severity(&mut self) -> Option<Severity> {
        let named = |words: &[&str]| {
            let mut fields = self.metadata.iter();
            fields.find(|field| {
                let name = field.name.to_lowercase();
                words.iter().any(|word| name.split(|c: char| !c.is_alphanumeric()).any(|part| part == *word))
            })
        };
        let field = named(&[
            "severity",
            "sev",
            "schweregrad",
            "schwere",
            "gravedad",
            "severidad",
            "severidade",
            "sévérité",
            "gravité",
        ])
        .or_else(|| named(&["priority", "prio", "classification", "level", "criticality"]));
        let Some(field) = field else {
            let tagged = named(&["tags", "labels"]).and_then(|field| claims::severity_in_text(&field.value));
            return tagged.or_else(|| claims::severity_in_text(&self.title));
        };
        let read = claims::severity(&field.value);
        if read.is_none() {
            let why = format!("{:?} is no severity that is known", field.value);
            self.unread.push(Unread { line: 1, why });
        }
        read
    }

    fn claimed_date(&self) -> Option<Date> {
        const NAMES: &[&str] = &[
            "date",
            "incident date",
            "date of incident",
            "date/time",
            "datum",
            "fecha",
            "start",
            "started",
            "start time",
            "incident start",
            "begin",
            "when",
            "occurred",
            "detected",
            "day",
            "time",
            "created",
            "published",
        ];
        let by_name = NAMES.iter().find_map(|name| dates::find_date(self.field(name)?));
        let dated = || {
            let mut fields = self.metadata.iter().filter(|field| field.name.to_lowercase().contains("date"));
            fields.find_map(|field| dates::find_date(&field.value))
        };
        let file = self.path.rsplit('/').next().unwrap_or(&self.path);
        by_name
            .or_else(dated)
            .or_else(|| dates::find_date(file))
            .or_else(|| dates::find_date(&self.path))
            .or_else(|| dates::find_date(&self.title))
            .or_else(|| {
                let early = [Part::Timeline, Part::Summary].into_iter().filter_map(|part| self.part(part));
                early.chain(self.sections.iter().take(2)).find_map(|section| dates::find_date(&section.text))
            })
    }
}

/// Whether a heading names a part of a post-mortem and nothing else, so that it is no title.
pub(crate) fn is_section_name(heading: &str) -> bool {
    heading.split_whitespace().count() <= 3 && part_of(heading).is_some() && !is_generic(heading)
}

/// Whether a title would be that of any post-mortem.
fn is_generic(title: &str) -> bool {
    const WORDS: &[&str] = &[
        "post",
        "mortem",
        "postmortem",
        "incident",
        "report",
        "review",
        "rca",
        "analysis",
        "root",
        "cause",
        "document",
        "template",
        "outage",
        "blameless",
        "sev",
        "retrospective",
    ];
    let is_word = |word: &str| WORDS.contains(&word.to_lowercase().as_str());
    let mut words = title.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).peekable();
    let has_own = title.chars().any(|c| c.is_ascii_digit());
    let kind = ["mortem", "report", "review", "rca", "incident"];
    let names_kind = kind.iter().any(|word| title.to_lowercase().contains(word));
    words.peek().is_some() && words.all(is_word) && !has_own && names_kind
}

fn read_markdown(text: &str) -> PostMortem {
    let (fields, skipped, lines) = front_matter(text).unwrap_or_default();
    let mut document = Reader::new(text.get(skipped..).unwrap_or_default(), lines).read(fields);
    document.action_items = items::find(text).into_iter().map(|found| found.item).collect();
    document
}

pub(crate) fn is_services(name: &str) -> bool {
    let name = name.to_lowercase();
    let names = |word: &str| name.split(|c: char| !c.is_alphanumeric()).any(|part| part == word);
    [
        "service",
        "services",
        "component",
        "components",
        "systems",
        "system",
        "dienst",
        "dienste",
        "servicio",
        "servicios",
        "serviço",
        "serviços",
        "systeme",
        "sistemas",
        "application",
        "applications",
        "apps",
        "app",
        "product",
        "products",
    ]
    .iter()
    .any(|word| names(word))
        && !names("owner")
}

fn title_of_path(path: &str) -> String {
    let file = path.rsplit('/').next().unwrap_or(path);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let words = stem.split(['-', '_', ' ']).filter(|word| !word.is_empty());
    let words: Vec<_> = words.skip_while(|word| word.bytes().all(|byte| byte.is_ascii_digit())).collect();
    let mut title = words.join(" ");
    if let Some(first) = title.get(..1).map(str::to_uppercase) {
        title.replace_range(..1, &first);
    }
    title
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
