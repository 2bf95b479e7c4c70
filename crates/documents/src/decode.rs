/// The text of a file: UTF-8, or UTF-16 where the mark at its begin says so. `None` where it is neither.
///
/// ```
/// use lamplighter_documents::decode;
///
/// assert_eq!(decode("Größe".as_bytes()).as_deref(), Some("Größe"));
/// assert_eq!(decode(b"\xff\xfe#\0 \0A\0").as_deref(), Some("# A"));
/// assert_eq!(decode(b"Gr\xf6\xdfe"), None);
/// ```
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<String> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return std::str::from_utf8(bytes).ok().map(str::to_owned),
    };
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().skip(1).map(|pair| unit(*pair)).collect();
    String::from_utf16(&units).ok().filter(|_| rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_in_their_encoding() {
        for (bytes, expected) in [
            (b"\xef\xbb\xbfa".as_slice(), Some("\u{feff}a")),
            (b"\xff\xfea\0\x3d\xd8\x25\xdd", Some("a\u{1f525}")),
            (b"\xfe\xff\0a", Some("a")),
            // Half of a character.
            (b"\xff\xfea\0\x3d\xd8", None),
            (b"\xff\xfea", None),
            (b"\xe9", None),
            (b"", Some("")),
        ] {
            assert_eq!(decode(bytes).as_deref(), expected, "{bytes:?}");
        }
    }
}
