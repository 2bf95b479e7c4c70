//! Gathers what a Markdown text says, line by line and part by part.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag as Mark, TagEnd};

use crate::elements::Tag;
use crate::fields::is_known_field;
use crate::parts::part_of;
use crate::read::{is_section_name, is_services};
use crate::text::LineIndex;
use crate::{Field, Link, Part, PostMortem, Section, claims, dates, parts};

/// The longest name of a field, in characters and in words.
const LONGEST_NAME: (usize, usize) = (40, 5);

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

pub(crate) struct Reader<'a> {
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
    pub(crate) fn new(text: &'a str, before: usize) -> Self {
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

    pub(crate) fn read(mut self, fields: Vec<Field>) -> PostMortem {
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
            Event::Start(Mark::Heading { level, .. }) => {
                self.end_line();
                self.heading = Some((level_of(level), at));
            }
            Event::End(TagEnd::Heading(_)) => self.end_heading(),
            Event::Start(Mark::Strong) => {
                self.bold += 1;
                self.run = self.line.text.len()..usize::MAX;
            }
            Event::End(TagEnd::Strong) => {
                self.bold = self.bold.saturating_sub(1);
                self.run.end = self.line.text.len();
                self.split_fields();
            }
            Event::Start(Mark::Item) => {
                self.end_line();
                self.items += 1;
                self.line.is_item = true;
            }
            Event::End(TagEnd::Item) => {
                self.end_line();
                self.items = self.items.saturating_sub(1);
            }
            Event::Start(Mark::CodeBlock(_)) => {
                self.end_line();
                self.code = true;
            }
            Event::End(TagEnd::CodeBlock) => {
                self.end_line();
                self.code = false;
            }
            Event::Start(Mark::Table(_)) => {
                self.end_line();
                self.table = Some(Vec::new());
            }
            Event::End(TagEnd::Table) => self.end_table(),
            Event::Start(Mark::TableHead | Mark::TableRow) => {
                if let Some(table) = &mut self.table {
                    table.push(Vec::new());
                }
            }
            Event::Start(Mark::TableCell) => self.cell = Some(String::new()),
            Event::End(TagEnd::TableCell) => {
                let cell = self.cell.take().unwrap_or_default();
                if let Some(row) = self.table.as_mut().and_then(|table| table.last_mut()) {
                    row.push(cell.split_whitespace().collect::<Vec<_>>().join(" "));
                }
            }
            Event::Start(Mark::Link { dest_url, .. }) => {
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

    /// The words between tags, and what only looks like a tag.
    fn say_html(&mut self, html: &str) {
        let mut rest = html;
        while let Some((words, tag)) = rest.split_once('<') {
            self.say_between(words);
            let close = if tag.starts_with("!--") { "-->" } else { ">" };
            let end = tag.find(close).map_or(tag.len(), |end| end + close.len());
            let (tag, behind) = rest.split_at(words.len() + 1 + end);
            let tag = tag.get(words.len()..).unwrap_or_default();
            rest = behind;
            match Tag::read(tag) {
                Tag::Word => self.say(tag),
                Tag::Break if self.cell.is_some() || self.heading.is_some() => self.say(" "),
                Tag::Break => self.end_line(),
                Tag::Mark | Tag::Strike { .. } => {}
            }
        }
        self.say_between(rest);
    }

    fn say_between(&mut self, words: &str) {
        if !words.trim().is_empty() {
            self.say(&words.replace(['\r', '\n'], " "));
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
pub(crate) fn part_told_by(field: &Field) -> Option<Part> {
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
