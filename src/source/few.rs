//! The few that were asked for last, kept in case that they are asked for again.

/// How many: one rule points into so many exports and at so many fields at a time, nearly always.
const MANY: usize = 4;

/// Some things of one sort.
#[derive(Debug)]
pub(crate) struct Few<T> {
    list: Vec<T>,
    /// Which of them gives way to the next.
    oldest: usize,
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self {
            list: Vec::new(),
            oldest: 0,
        }
    }
}

impl<T> Few<T> {
    /// The one that is wanted, made where it is not kept.
    pub(crate) fn get(
        &mut self,
        is_wanted: impl Fn(&T) -> bool,
        make: impl FnOnce() -> T,
    ) -> &mut T {
        let known = self.list.iter().position(is_wanted);
        let place = known.unwrap_or_else(|| {
            if self.list.len() < MANY {
                self.list.push(make());
                return self.list.len() - 1;
            }
            let place = self.oldest;
            self.oldest = (place + 1) % MANY;
            self.list[place] = make();
            place
        });
        &mut self.list[place]
    }

    /// All that are kept.
    pub(crate) fn each(&mut self) -> impl Iterator<Item = &mut T> {
        self.list.iter_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_gives_way() {
        let mut few = Few::default();
        let mut made = Vec::new();
        for number in [0, 1, 0, 2, 3, 3, 4, 1, 0, 4] {
            let kept = few.get(
                |kept| *kept == number,
                || {
                    made.push(number);
                    number
                },
            );
            assert_eq!(*kept, number);
        }
        assert_eq!(made, [0, 1, 2, 3, 4, 0]);
    }
}
