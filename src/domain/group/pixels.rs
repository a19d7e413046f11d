//! What pixel sizes say about whether one picture was made from another.

use crate::domain::asset::Dimensions;

impl Dimensions {
    /// The same picture lying on its side.
    pub(super) fn turned(self) -> Self {
        Self { width: self.height, height: self.width }
    }

    pub(super) fn longest(self) -> u32 {
        self.width.max(self.height)
    }

    pub(super) fn area(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Whether it could be cut or reduced from `base`, turned or not.
    pub(super) fn fits_into(self, base: Self) -> bool {
        let within = |base: Self| self.width <= base.width && self.height <= base.height;
        within(base) || within(base.turned())
    }

    /// Whether it is `base`, turned or not, reduced without cutting. A side may be off by 1 pixel.
    pub(super) fn is_reduced(self, base: Self) -> bool {
        self.longest() <= base.longest()
            && (self.has_shape_of(base) || self.has_shape_of(base.turned()))
    }

    /// Whether each side is twice that of `single`. A side may be off by 1 pixel, because the
    /// single one was rounded.
    pub(super) fn is_double(self, single: Self) -> bool {
        let close = |side: u32, single: u32| u64::from(side).abs_diff(2 * u64::from(single)) <= 1;
        close(self.width, single.width) && close(self.height, single.height)
    }

    fn has_shape_of(self, base: Self) -> bool {
        let (own, whole) = (u64::from(self.longest()), u64::from(base.longest()));
        let close = |side: u32, full: u32| {
            (u64::from(side) * whole).abs_diff(u64::from(full) * own) <= whole
        };
        close(self.width, base.width) && close(self.height, base.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(width: u32, height: u32) -> Dimensions {
        Dimensions { width, height }
    }

    #[test]
    fn reduced_keeps_the_shape_within_a_pixel() {
        let cases = [
            ((2560, 1664), (4000, 2600), true),
            ((1707, 2560), (3600, 2400), true),
            ((2560, 1665), (4000, 2600), true),
            ((2560, 1666), (4000, 2600), false),
            ((2560, 1440), (4000, 2600), false),
            ((4000, 2600), (2560, 1664), false),
            ((2560, 1), (60_000, 3), true),
            ((u32::MAX, u32::MAX), (u32::MAX, u32::MAX), true),
            ((0, 0), (0, 0), true),
        ];
        for (own, base, expected) in cases {
            let found = size(own.0, own.1).is_reduced(size(base.0, base.1));
            assert_eq!(found, expected, "{own:?} of {base:?}");
        }
    }

    #[test]
    fn double_allows_for_the_rounding_of_the_single() {
        assert!(size(600, 391).is_double(size(300, 195)));
        assert!(!size(600, 392).is_double(size(300, 195)));
        assert!(size(u32::MAX, 1).is_double(size(1 << 31, 1)));
    }

    #[test]
    fn a_size_fits_a_picture_that_lies_on_its_side() {
        assert!(size(731, 1024).fits_into(size(1400, 1000)));
        assert!(!size(1024, 1024).fits_into(size(1400, 1000)));
    }
}
