//! A source whose first bytes can be looked at before they are read: what is decided by them does
//! not depend on how the bytes come.

use std::io::{self, BufRead, Read};

/// So many bytes can be seen.
const HEAD: usize = 16 << 10;

/// Bytes that begin with what was looked at.
#[derive(Debug)]
pub(super) struct Ahead<R> {
    head: Vec<u8>,
    /// How many bytes of the head were read.
    read: usize,
    source: R,
}

impl<R: BufRead> Ahead<R> {
    pub(super) fn new(source: R) -> Self {
        Self { head: Vec::new(), read: 0, source }
    }

    /// What is to be read of the first 16 KiB, or all there is.
    pub(super) fn look(&mut self) -> io::Result<&[u8]> {
        while self.head.len() < HEAD {
            let bytes = match self.source.fill_buf() {
                Ok([]) => break,
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let room = bytes.get(..HEAD - self.head.len()).unwrap_or(bytes);
            let length = room.len();
            self.head.extend_from_slice(room);
            self.source.consume(length);
        }
        Ok(self.seen())
    }

    fn seen(&self) -> &[u8] {
        self.head.get(self.read..).unwrap_or_default()
    }
}

impl<R: BufRead> BufRead for Ahead<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.read < self.head.len() { Ok(self.seen()) } else { self.source.fill_buf() }
    }

    fn consume(&mut self, amount: usize) {
        if self.read < self.head.len() {
            self.read += amount;
        } else {
            self.source.consume(amount);
        }
    }
}

impl<R: BufRead> Read for Ahead<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(buffer)?;
        self.consume(length);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    #[test]
    fn what_is_seen_and_read_does_not_depend_on_the_pieces() {
        let bytes: Vec<u8> =
            (0..HEAD + 500).map(|at| u8::try_from(at % 251).unwrap_or(0)).collect();
        for piece in [1, 7, HEAD, 1 << 20] {
            let mut ahead = Ahead::new(BufReader::with_capacity(piece, bytes.as_slice()));
            assert_eq!(ahead.look().unwrap(), &bytes[..HEAD]);
            ahead.consume(3);
            assert_eq!(ahead.look().unwrap(), &bytes[3..HEAD]);
            let mut rest = Vec::new();
            ahead.read_to_end(&mut rest).unwrap();
            assert_eq!(rest, &bytes[3..], "{piece}");
        }
    }
}
