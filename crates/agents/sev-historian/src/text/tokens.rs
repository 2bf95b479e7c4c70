//! Text taken apart into words, as people and machines write them.

/// The HTTP status codes that are seen in outages. Other numbers alone say nothing about a cause.
const STATUS_CODES: [&str; 27] = [
    "400", "401", "403", "404", "408", "409", "413", "422", "429", "431", "499", "500", "501", "502", "503", "504",
    "507", "520", "521", "522", "523", "524", "525", "526", "530", "4xx", "5xx",
];

/// Words with digits that are neither sizes nor times.
const SPELT_WITH_DIGITS: [&str; 3] = ["2fa", "3rd", "0day"];

/// A piece of a text, in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// A word.
    Word(&'a str),
    /// A name of several words, joined by `-` whatever joined them: `connectionPool`, `connection_pool`.
    Name(&'a str),
    /// The end of a sentence, or of a line that stands for itself.
    Break,
}

/// Takes a text apart. Dates, times, sizes, addresses and ids are left out: they differ between two outages of one
/// cause, and are the same by chance.
pub(crate) fn pieces(text: &str, each: &mut impl FnMut(Piece<'_>)) {
    let mut scratch = Scratch::default();
    let mut before = "";
    for (gap, chunk) in chunks(text) {
        if ends_sentence(before, gap) {
            each(Piece::Break);
        }
        scratch.chunk(chunk, each);
        before = chunk;
    }
    each(Piece::Break);
}

/// Every run without white space, with the white space before it.
fn chunks(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(|c: char| !c.is_whitespace())?;
        let (gap, from) = rest.split_at(start);
        let end = from.find(char::is_whitespace).unwrap_or(from.len());
        let (chunk, after) = from.split_at(end);
        rest = after;
        Some((gap, chunk))
    })
}

fn ends_sentence(before: &str, gap: &str) -> bool {
    let blank_line = gap.bytes().filter(|byte| *byte == b'\n').count() > 1;
    let marked = matches!(before, "-" | "*" | "|" | "•" | ">" | "#" | "##" | "###") || before.ends_with(['|', '•']);
    blank_line || marked || before.trim_end_matches(['"', '\'', ')', '`', '*', '_']).ends_with(['.', '!', '?', ';'])
}

#[derive(Default)]
struct Scratch {
    word: String,
    name: String,
}

impl Scratch {
    fn chunk(&mut self, chunk: &str, each: &mut impl FnMut(Piece<'_>)) {
        if let Some((_, address)) = chunk.split_once("://") {
            return self.address(address, each);
        }
        for part in
            chunk.split(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '.' | '/' | '\'' | '’' | ':' | '@'))
        {
            let part = part.trim_matches(|c: char| !c.is_alphanumeric());
            if !part.is_empty() && !part.contains('@') {
                self.part(part, each);
            }
        }
    }

    /// Of an address only the words of its host and path count.
    fn address(&mut self, address: &str, each: &mut impl FnMut(Piece<'_>)) {
        let address = address.split(['?', '#', ')', '>', '"']).next().unwrap_or_default();
        for part in address.split(|c: char| !c.is_alphanumeric()) {
            if !matches!(part, "www" | "com" | "org" | "net" | "io" | "html" | "htm" | "md" | "http" | "https") {
                self.words(part, each);
            }
        }
    }

    fn part(&mut self, part: &str, each: &mut impl FnMut(Piece<'_>)) {
        if is_number(part) {
            if STATUS_CODES.contains(&part) {
                each(Piece::Word(part));
            }
            return;
        }
        if is_ticket(part) {
            self.name.clear();
            self.name.extend(part.chars().flat_map(char::to_lowercase));
            return each(Piece::Name(&self.name));
        }
        self.name.clear();
        let mut words = 0;
        for piece in part.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’')) {
            words += self.words(piece, each);
        }
        if (2..=5).contains(&words) && self.name.len() <= 48 {
            each(Piece::Name(self.name.trim_matches('-')));
        }
    }

    /// The words of something without punctuation, `OOMKilled` being two. Says how many it has, and adds them to the
    /// name.
    fn words(&mut self, piece: &str, each: &mut impl FnMut(Piece<'_>)) -> usize {
        let piece = piece.trim_end_matches("'s").trim_end_matches("’s").trim_matches(['\'', '’']);
        let mut count = 0;
        for word in humps(piece) {
            self.word.clear();
            self.word.extend(word.chars().flat_map(char::to_lowercase));
            if !self.name.is_empty() {
                self.name.push('-');
            }
            self.name.push_str(&self.word);
            if is_cjk(&self.word) {
                pairs_of_letters(&self.word, each);
                count += 1;
            } else if says_something(&self.word) {
                each(Piece::Word(&self.word));
                count += 1;
            }
        }
        count
    }
}

/// `OOMKilled` is `OOM` and `Killed`; `ConnectionPool` is `Connection` and `Pool`; `eth0` is itself.
fn humps(piece: &str) -> impl Iterator<Item = &str> {
    let mut rest = piece;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut chars = rest.char_indices().peekable();
        let (mut last, mut end) = (None::<char>, rest.len());
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|(_, next)| *next);
            let starts = match last {
                Some(before) if c.is_uppercase() => {
                    before.is_lowercase() || (before.is_uppercase() && next.is_some_and(char::is_lowercase))
                }
                _ => false,
            };
            // `DBs` and `VMs` are no humps.
            let plural = next == Some('s') && rest.len() == at + c.len_utf8() + 1;
            if starts && !plural && at > 0 {
                end = at;
                break;
            }
            last = Some(c);
        }
        let (hump, after) = rest.split_at(end);
        rest = after;
        Some(hump)
    })
}

/// Dates, times, versions, percentages, addresses.
fn is_number(part: &str) -> bool {
    let digits = part.bytes().filter(u8::is_ascii_digit).count();
    let letters = part.chars().filter(|c| c.is_alphabetic()).count();
    let is_version = letters == 1 && part.starts_with(['v', 'V']) && part.contains('.');
    is_version
        || (digits > 0 && (letters == 0 || (letters <= 2 && digits > 3 && !part.starts_with(char::is_alphabetic))))
}

/// The name of an incident or a ticket, as in `INC-1234` and `PM-2026-03-01`.
fn is_ticket(part: &str) -> bool {
    part.split_once('-').is_some_and(|(letters, number)| {
        let digits = number.bytes().filter(u8::is_ascii_digit).count();
        (2..=8).contains(&letters.len())
            && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
            && (2..=8).contains(&digits)
            && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
    })
}

fn says_something(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    if digits == 0 {
        return word.chars().count() > 1 && word.len() <= 40;
    }
    if STATUS_CODES.contains(&word) || SPELT_WITH_DIGITS.contains(&word) {
        return true;
    }
    let is_id = word.len() >= 6 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let prefix = word.chars().take_while(|c| c.is_alphabetic()).count();
    let is_short = word.len() <= 4;
    let is_named = word.chars().skip(prefix).all(|c| c.is_ascii_digit()) && prefix >= 3 && digits <= 5;
    prefix > 0 && !is_id && (is_short || is_named)
}

fn is_cjk(word: &str) -> bool {
    word.chars().any(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'))
}

/// Where words are not parted, each two letters are one.
fn pairs_of_letters(word: &str, each: &mut impl FnMut(Piece<'_>)) {
    let starts: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
    for pair in starts.windows(3) {
        if let [from, _, to] = pair
            && let Some(pair) = word.get(*from..*to)
        {
            each(Piece::Word(pair));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, pieces};

    fn read(text: &str) -> String {
        let mut read = Vec::new();
        pieces(text, &mut |piece| match piece {
            Piece::Word(word) => read.push(word.to_owned()),
            Piece::Name(name) => read.push(format!("<{name}>")),
            Piece::Break => read.push("/".to_owned()),
        });
        read.join(" ").trim_end_matches(" /").to_owned()
    }

    #[test]
    fn text_is_taken_apart_as_people_and_machines_write_it() {
        let cases = [
            ("The pool is empty. It hangs", "the pool is empty / it hangs"),
            ("OOMKilled", "oom killed <oom-killed>"),
            ("connection_pool, connectionPool", "connection pool <connection-pool> connection pool <connection-pool>"),
            ("ledgers-api.prod", "ledgers api prod <ledgers-api-prod>"),
            ("HTTP 502s and 503 for 45 of 900 requests", "http and 503 for of requests"),
            ("at 2024-03-01T14:05:00Z, 14:05 UTC, v1.22.3, 10.0.0.1:5432, 30m, 99.9%", "at utc"),
            ("commit 9f3ab21c, pod wiki-7d9f8b6c5-x2x9z", "commit pod wiki"),
            ("see https://www.example.org/wiki/dns-outage.html?x=1", "see example wiki dns outage"),
            ("the DBs' VMs, web01's p99, k8s, ec2", "the dbs vms web01 p99 k8s ec2"),
            ("write to ops@example.org", "write to"),
            ("- one\n- two\n\nthree", "/ one / two / three"),
            ("データ", "デー ータ"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_fail(text in ".{0,200}") {
            read(&text);
        }
    }
}
