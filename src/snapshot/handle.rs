//! Numbers of thirty bits that leave room beside them: what texts and symbols of a snapshot are told apart by.
//!
//! A record is mostly such handles, each in a [`Field`](super::Field) with two more states. A handle never uses all values of
//! its highest byte, so that a field of one needs no more bytes than the handle itself: a million users take 200 MB less.

/// A number below 2³⁰, in four bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(in crate::snapshot) struct Handle {
    low: u16,
    middle: u8,
    top: Top,
}

impl Handle {
    /// The handle of 0.
    pub(in crate::snapshot) const ZERO: Self = Self {
        low: 0,
        middle: 0,
        top: Top::T00,
    };

    /// The handle of 2³⁰ - 1.
    pub(in crate::snapshot) const LAST: Self = Self {
        low: u16::MAX,
        middle: u8::MAX,
        top: Top::T63,
    };

    /// The handle of a number, if it is below 2³⁰.
    pub(in crate::snapshot) fn new(number: usize) -> Option<Self> {
        Some(Self {
            low: number as u16,
            middle: (number >> 16) as u8,
            top: *Top::ALL.get(number >> 24)?,
        })
    }

    /// Its number.
    pub(in crate::snapshot) fn number(self) -> usize {
        usize::from(self.low) | usize::from(self.middle) << 16 | (self.top as usize) << 24
    }
}

/// Declares values of a byte, and lists them in order.
macro_rules! top {
    ($($value:ident)*) => {
        /// The highest six bits, in a byte of which the compiler knows that it has no other values.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        enum Top { $($value),* }

        impl Top {
            const ALL: [Self; 64] = [$(Self::$value),*];
        }
    };
}

top! {
    T00 T01 T02 T03 T04 T05 T06 T07 T08 T09 T10 T11 T12 T13 T14 T15
    T16 T17 T18 T19 T20 T21 T22 T23 T24 T25 T26 T27 T28 T29 T30 T31
    T32 T33 T34 T35 T36 T37 T38 T39 T40 T41 T42 T43 T44 T45 T46 T47
    T48 T49 T50 T51 T52 T53 T54 T55 T56 T57 T58 T59 T60 T61 T62 T63
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::Field;

    #[test]
    fn a_handle_gives_its_number_back() {
        for number in [0, 1, 0xFFFF, 0x1_0000, 0xFF_FFFF, 0x100_0000, 0x3FFF_FFFF] {
            assert_eq!(Handle::new(number).map(Handle::number), Some(number));
        }
        assert_eq!(Handle::new(0x4000_0000), None);
        assert_eq!(Handle::new(usize::MAX), None);
    }

    #[test]
    fn the_states_of_a_field_take_no_room() {
        assert_eq!(size_of::<Field<Handle>>(), 4);
        assert_eq!(size_of::<Option<Field<Handle>>>(), 4);
    }
}
