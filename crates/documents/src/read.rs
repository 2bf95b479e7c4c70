use jiff::civil::Date;
use lamplighter_core::words::Severity;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::front_matter::front_matter;
use crate::parts::part_of;
use crate::text::{Fences, LineIndex, lines};
use crate::{Field, Link, Part, PostMortem, Section, Unread, claims, dates, embedded, html, items, parts};

/// The longest name of a field, in characters and in words.
const LONGEST_NAME: (usize, usize) = (40, 5);
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
            let is_field = self.metadata.iter().any(|field| line.starts_with(&field.name));
            (is_short && !is_field && !is_generic(line)).then_some(line)
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
fn is_section_name(heading: &str) -> bool {
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

fn is_services(name: &str) -> bool {
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

/// The level of a section that begins with a line of text and not with a heading.
const INLINE: u8 = 6;

/// A line of text as it is gathered, with how much of its begin is bold.
#[derive(Default)]
struct Gathered {
    text: String,
    /// Where it begins in the text.
    at: usize,
    bold: usize,
    is_item: bool,
}

struct Reader<'a> {
    text: &'a str,
    index: LineIndex,
    /// Where in the text is read.
    at: usize,
    /// The lines of the document before the text.
    before: usize,
    document: PostMortem,
    /// The part of the headings above, by their level.
    above: [Option<Part>; 7],
    line: Gathered,
    heading: Option<(u8, usize)>,
    bold: u32,
    /// The last bold words of the line.
    run: std::ops::Range<usize>,
    code: bool,
    table: Option<Vec<Vec<String>>>,
    cell: Option<String>,
    link: Option<Link>,
    items: u32,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, before: usize) -> Self {
        let document = PostMortem { sections: vec![Section::default()], ..PostMortem::default() };
        Self {
            text,
            index: LineIndex::new(text),
            at: 0,
            before,
            document,
            above: [None; 7],
            line: Gathered::default(),
            heading: None,
            bold: 0,
            run: 0..0,
            code: false,
            table: None,
            cell: None,
            link: None,
            items: 0,
        }
    }

    fn read(mut self, fields: Vec<Field>) -> PostMortem {
        self.document.metadata = fields;
        let title = self.document.field("title").unwrap_or_default().to_owned();
        self.document.title = title;
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_GFM;
        for (event, range) in Parser::new_ext(self.text, options).into_offset_iter() {
            self.take(event, range.start);
        }
        self.end_line();
        let mut document = self.document;
        if document.sections.first().is_some_and(|first| first.text.is_empty() && first.heading.is_empty()) {
            document.sections.remove(0);
        }
        for section in &mut document.sections {
            section.text.truncate(section.text.trim_end().len());
        }
        document
    }

    fn take(&mut self, event: Event<'_>, at: usize) {
        self.at = at;
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                self.end_line();
                self.heading = Some((level_of(level), at));
            }
            Event::End(TagEnd::Heading(_)) => self.end_heading(),
            Event::Start(Tag::Strong) => {
                self.bold += 1;
                self.run = self.line.text.len()..usize::MAX;
            }
            Event::End(TagEnd::Strong) => {
                self.bold = self.bold.saturating_sub(1);
                self.run.end = self.line.text.len();
                self.split_fields();
            }
            Event::Start(Tag::Item) => {
                self.end_line();
                self.items += 1;
                self.line.is_item = true;
            }
            Event::End(TagEnd::Item) => {
                self.end_line();
                self.items = self.items.saturating_sub(1);
            }
            Event::Start(Tag::CodeBlock(_)) => {
                self.end_line();
                self.code = true;
            }
            Event::End(TagEnd::CodeBlock) => {
                self.end_line();
                self.code = false;
            }
            Event::Start(Tag::Table(_)) => {
                self.end_line();
                self.table = Some(Vec::new());
            }
            Event::End(TagEnd::Table) => self.end_table(),
            Event::Start(Tag::TableHead | Tag::TableRow) => {
                if let Some(table) = &mut self.table {
                    table.push(Vec::new());
                }
            }
            Event::Start(Tag::TableCell) => self.cell = Some(String::new()),
            Event::End(TagEnd::TableCell) => {
                let cell = self.cell.take().unwrap_or_default();
                if let Some(row) = self.table.as_mut().and_then(|table| table.last_mut()) {
                    row.push(cell.split_whitespace().collect::<Vec<_>>().join(" "));
                }
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                let line = self.line_of(at);
                self.link = Some(Link { target: dest_url.into_string(), text: String::new(), line });
            }
            Event::End(TagEnd::Link) => self.document.links.extend(self.link.take()),
            Event::Text(text) if self.code => {
                for line in text.lines() {
                    self.say(line);
                    self.end_line();
                }
            }
            Event::Text(text) | Event::Code(text) => self.say(&text),
            Event::Html(html) | Event::InlineHtml(html) => self.say_html(&html),
            Event::SoftBreak | Event::HardBreak if self.cell.is_some() || self.heading.is_some() => self.say(" "),
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph | TagEnd::HtmlBlock) => self.end_line(),
            _ => {}
        }
    }

    fn line_of(&self, at: usize) -> usize {
        self.index.line_of(at) + self.before
    }

    fn say(&mut self, text: &str) {
        if let Some(link) = &mut self.link {
            link.text.push_str(text);
        }
        if let Some(cell) = &mut self.cell {
            cell.push_str(text);
            return;
        }
        if self.line.text.is_empty() {
            self.line.at = self.at;
        }
        let is_begin = self.line.text.len() == self.line.bold;
        self.line.text.push_str(text);
        if self.bold > 0 && is_begin {
            self.line.bold = self.line.text.len();
        } else if self.bold == 0 && text.starts_with(':') {
            self.split_fields();
        }
    }

    /// Where a line has a field after another, `**A:** b. **C:** d`, each is a line of its own.
    fn split_fields(&mut self) {
        let run = self.run.clone();
        let text = &self.line.text;
        let Some(name) = text.get(run.clone()).filter(|_| self.line.bold > 0 && run.start > self.line.bold) else {
            return;
        };
        let is_named = name.ends_with(':') || text.get(run.end..).is_some_and(|rest| rest.starts_with(':'));
        if !is_named || self.cell.is_some() || !is_known_field(name) {
            return;
        }
        let (at, is_item) = (self.line.at, self.line.is_item);
        let next = self.line.text.split_off(run.start);
        let end = self.line.text.trim_end_matches([' ', '|', '·', '•', ',', ';', '/', '–', '—']).len();
        self.line.text.truncate(end);
        self.end_line();
        self.run = 0..run.len();
        self.line = Gathered { bold: run.len(), text: next, at, is_item };
    }

    /// The words between tags.
    fn say_html(&mut self, html: &str) {
        let mut rest = html;
        while let Some((words, tag)) = rest.split_once('<') {
            if !words.trim().is_empty() {
                self.say(words.trim());
            }
            rest = tag.split_once('>').map_or("", |(_, rest)| rest);
            if self.cell.is_some() { self.say(" ") } else { self.end_line() }
        }
        if !rest.trim().is_empty() {
            self.say(rest.trim());
        }
    }

    fn end_heading(&mut self) {
        let Some((level, at)) = self.heading.take() else { return };
        let line = self.line_of(at);
        let heading = std::mem::take(&mut self.line).text.split_whitespace().collect::<Vec<_>>().join(" ");
        let may_be_title = if level == 1 { !is_section_name(&heading) } else { part_of(&heading).is_none() };
        if self.document.title.is_empty() && may_be_title && (level == 1 || !is_services(&heading)) {
            self.document.title.clone_from(&heading);
            if level == 1 {
                self.above = [None; 7];
                self.begin_section(None, heading, level, line);
                return;
            }
        }
        let level_at = usize::from(level).min(6);
        let inherited = self.above.iter().take(level_at).rev().find_map(|part| *part);
        let part = part_of(&heading).or(inherited);
        for below in self.above.iter_mut().skip(level_at) {
            *below = None;
        }
        if let Some(above) = self.above.get_mut(level_at) {
            *above = part;
        }
        self.begin_section(part, heading, level, line);
    }

    fn begin_section(&mut self, part: Option<Part>, heading: String, level: u8, line: usize) {
        self.document.sections.push(Section { part, heading, level, line, text: String::new() });
    }

    /// Whether the head of the document may still go on.
    fn is_head(&self) -> bool {
        let parts = self.document.sections.iter().filter_map(|section| section.part);
        parts.into_iter().all(|part| part == Part::Summary)
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if self.heading.is_some() || line.text.trim().is_empty() {
            return;
        }
        let text = line.text.trim();
        if !self.code
            && let Some(field) = field_of(&line)
        {
            let is_known = is_known_field(&field.name);
            let part = part_told_by(&field).filter(|_| self.items == 0);
            if self.is_head() && (is_known || line.bold > 0) {
                self.document.metadata.push(field.clone());
            }
            if let Some(part) = part.filter(|_| self.may_begin_inline()) {
                self.begin_section(Some(part), field.name, INLINE, self.line_of(line.at));
                self.write(&field.value);
                return;
            }
        }
        if self.may_begin_inline()
            && let Some(heading) = lone_heading(&line).filter(|_| !self.code && self.items == 0)
        {
            self.begin_section(part_of(heading), heading.to_owned(), INLINE, self.line_of(line.at));
            return;
        }
        if line.is_item && self.document.sections.last().is_some_and(|section| is_services(&section.heading)) {
            let name = text.split([':', '–', '—']).next().unwrap_or(text);
            self.document.services.extend(claims::services(name));
        }
        let text = text.to_owned();
        self.write(&text);
    }

    fn part(&self) -> Option<Part> {
        self.document.sections.last().and_then(|section| section.part)
    }

    /// Whether a line may begin a section here: not within one that has a heading for its part.
    fn may_begin_inline(&self) -> bool {
        let is_inline = self.document.sections.last().is_some_and(|section| section.level == INLINE);
        is_inline || self.part().is_none_or(|now| now == Part::Summary)
    }

    fn write(&mut self, text: &str) {
        if let Some(section) = self.document.sections.last_mut() {
            section.text.push_str(text);
            section.text.push('\n');
        }
    }

    fn end_table(&mut self) {
        let rows = self.table.take().unwrap_or_default();
        let is_pairs = rows.iter().all(|row| row.len() == 2);
        let known = rows.iter().filter_map(|row| row.first()).filter(|name| is_known_field(name)).count();
        if is_pairs && self.is_head() && (known >= 2 || known == rows.len()) {
            for row in &rows {
                let [name, value] = row.as_slice() else { continue };
                let is_header = matches!(
                    name.to_lowercase().as_str(),
                    "" | "field" | "key" | "property" | "item" | "attribute" | "name"
                );
                if !is_header {
                    self.document
                        .metadata
                        .push(Field { name: name.trim_end_matches(':').to_owned(), value: value.clone() });
                }
            }
        } else if let ([names, values], true) = (rows.as_slice(), self.is_head())
            && names.iter().filter(|name| is_known_field(name)).count() >= 2
        {
            // One row below its names.
            for (name, value) in names.iter().zip(values) {
                self.document.metadata.push(Field { name: name.clone(), value: value.clone() });
            }
        }
        for row in rows {
            let text = row.join(" | ");
            self.write(&text);
        }
    }
}

/// A line that stands for a heading: all of it is bold, or it is one by its words.
fn lone_heading(line: &Gathered) -> Option<&str> {
    let text = line.text.trim();
    let is_bold = line.bold >= line.text.trim_end().len() && text.split_whitespace().count() <= LONGEST_NAME.1;
    let words = if is_bold { text.trim_end_matches(':') } else { parts::lone_heading(text)? };
    part_of(words).is_some().then_some(words)
}

/// The part that a field tells: it is called so, and says more than a time or a name.
fn part_told_by(field: &Field) -> Option<Part> {
    const LEAST_WORDS: usize = 4;
    let says_enough = field.value.split_whitespace().count() >= LEAST_WORDS || field.value.is_empty();
    let is_fact = is_services(&field.name) || dates::find_date(&field.value).is_some();
    part_of(&field.name).filter(|_| says_enough && !is_fact)
}

fn level_of(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// `Name: value`, where the name is short and either bold or known.
fn field_of(line: &Gathered) -> Option<Field> {
    let text = line.text.trim_start();
    let bold = line.bold.saturating_sub(line.text.len() - text.len());
    let (name, value) = match text.get(..bold).filter(|bold| !bold.is_empty()) {
        Some(name) => {
            let value = text.get(bold..)?.trim_start();
            let value =
                if name.trim_end().ends_with(':') { value } else { value.strip_prefix([':', '–', '—', '|'])? };
            (name, value)
        }
        None => text.split_once(':')?,
    };
    let name = name.trim().trim_end_matches(':').trim();
    let is_short = name.chars().count() <= LONGEST_NAME.0 && name.split_whitespace().count() <= LONGEST_NAME.1;
    let is_name = !name.is_empty() && is_short && !name.contains("//");
    (is_name && (bold > 0 || is_known_field(name)))
        .then(|| Field { name: name.to_owned(), value: value.trim().to_owned() })
}

/// Names that heads of post-mortems have.
fn is_known_field(name: &str) -> bool {
    const KNOWN: &[&str] = &[
        "date",
        "severity",
        "sev",
        "status",
        "duration",
        "classification",
        "priority",
        "authors",
        "author",
        "owner",
        "owners",
        "issue",
        "ticket",
        "incident",
        "incident id",
        "id",
        "start",
        "started",
        "start time",
        "end",
        "ended",
        "end time",
        "resolved",
        "detected",
        "services",
        "service",
        "affected",
        "component",
        "components",
        "environment",
        "region",
        "reported by",
        "lead",
        "commander",
        "incident commander",
        "time to detect",
        "time to resolve",
        "ttd",
        "ttr",
        "mttr",
        "tags",
        "labels",
        "title",
        "link",
        "day",
        "when",
        "root cause",
        "trigger",
        "summary",
        "impact",
        "resolution",
        "detection",
        "type",
        "category",
        "cause",
        "datum",
        "dauer",
        "schweregrad",
        "fecha",
        "participants",
        "team",
        "teams",
        "reporter",
        "level",
        "timezone",
        "cluster",
        "namespace",
        "cause code",
        "taxonomy",
        "domain",
        "domains",
    ];
    let name = name.to_lowercase();
    let name = name.trim().trim_end_matches(':').trim();
    KNOWN.contains(&name)
        || is_services(name)
        || name.ends_with(" date")
        || name.starts_with("date ")
        || name.ends_with(" time")
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
