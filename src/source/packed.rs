//! What a compressed export unpacks to, kept so that any range can be read again without unpacking all of it.
//!
//! A finding reads its record again, and a deflate stream can only be read from its front. So the bytes are kept in
//! blocks that are packed one by one: a tenth of their size, and a few microseconds to read from anywhere. Nothing of
//! the tenant is written to disk for it.

use std::io;

/// Bytes of one block.
const BLOCK: usize = 64 * 1024;

/// Bytes in packed blocks.
#[derive(Debug, Default)]
pub struct Packed {
    blocks: Vec<Box<[u8]>>,
    len: u64,
}

impl Packed {
    /// How many bytes it unpacks to.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Reads one range.
    pub(super) fn read(&self, start: u64, len: usize) -> io::Result<Vec<u8>> {
        let eof = || io::Error::from(io::ErrorKind::UnexpectedEof);
        if start
            .checked_add(len as u64)
            .is_none_or(|end| end > self.len)
        {
            return Err(eof());
        }
        let mut bytes = Vec::with_capacity(len);
        let mut number = usize::try_from(start / BLOCK as u64).map_err(|_| eof())?;
        let mut skip = (start % BLOCK as u64) as usize;
        while bytes.len() < len {
            let block = self.blocks.get(number).ok_or_else(eof)?;
            let block = lz4_flex::block::decompress(block, BLOCK).map_err(io::Error::other)?;
            let take = (len - bytes.len()).min(block.len().saturating_sub(skip));
            bytes.extend_from_slice(block.get(skip..skip + take).ok_or_else(eof)?);
            skip = 0;
            number += 1;
        }
        Ok(bytes)
    }
}

/// Packs bytes that arrive one after the other.
#[derive(Debug, Default)]
pub(super) struct Packer {
    packed: Packed,
    open: Vec<u8>,
}

impl Packer {
    /// Adds bytes.
    pub(super) fn push(&mut self, mut bytes: &[u8]) {
        self.packed.len += bytes.len() as u64;
        while !bytes.is_empty() {
            let take = (BLOCK - self.open.len()).min(bytes.len());
            self.open.extend_from_slice(&bytes[..take]);
            bytes = &bytes[take..];
            if self.open.len() == BLOCK {
                self.close();
            }
        }
    }

    /// The packed bytes.
    pub(super) fn finish(mut self) -> Packed {
        if !self.open.is_empty() {
            self.close();
        }
        self.packed
    }

    fn close(&mut self) {
        let block = lz4_flex::block::compress(&self.open);
        self.packed.blocks.push(block.into_boxed_slice());
        self.open.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_range_comes_back() {
        let bytes: Vec<u8> = (0..200_000_u32).map(|number| (number / 3) as u8).collect();
        let mut packer = Packer::default();
        for piece in bytes.chunks(1000) {
            packer.push(piece);
        }
        let kept = packer.finish();
        assert_eq!(kept.len(), 200_000);
        for (start, len) in [
            (0, 200_000),
            (65_535, 2),
            (131_072, 10),
            (199_999, 1),
            (7, 0),
        ] {
            assert_eq!(
                kept.read(start as u64, len).unwrap(),
                &bytes[start..start + len]
            );
        }
        assert!(kept.read(199_999, 2).is_err());
    }
}
