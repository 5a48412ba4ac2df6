//! Bytes as hexadecimal digits, in lower case.

/// The two digits of a byte.
pub(crate) fn digits(byte: u8) -> [u8; 2] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    [byte >> 4, byte & 0x0F].map(|half| DIGITS[usize::from(half)])
}

/// The digits of some bytes.
pub(crate) fn text_of(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| digits(*byte));
    digits.map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_two_digits() {
        for byte in 0..=u8::MAX {
            assert_eq!(text_of(&[byte]), format!("{byte:02x}"));
        }
        assert_eq!(text_of(&[0x0A, 0xB0]), "0ab0");
    }
}
