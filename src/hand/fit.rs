//! Where lines may run in a writing area, and which words go on which line.

use textwrap::core::Fragment;
use textwrap::wrap_algorithms::{Penalties, wrap_optimal_fit};

use crate::measure::Rect;

/// Where a note may be written, in points, y down: a box less some boxes in it, as an address zone is.
#[derive(Clone, Debug, PartialEq)]
pub struct Area {
    /// The outer box.
    pub bounds: Rect,
    /// Parts of it to keep clear.
    pub blocked: Vec<Rect>,
}

impl Area {
    /// A plain box.
    #[must_use]
    pub fn plain(bounds: Rect) -> Area {
        Area { bounds, blocked: Vec::new() }
    }

    /// The widest free stretch between two heights, as left and right edge; the leftmost of equals.
    #[must_use]
    pub fn stretch(&self, top: f64, bottom: f64) -> Option<(f64, f64)> {
        let mut blocks: Vec<(f64, f64)> =
            self.blocked.iter().filter(|b| b.y0 < bottom && b.y1 > top && b.x0 < b.x1).map(|b| (b.x0, b.x1)).collect();
        blocks.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut best: Option<(f64, f64)> = None;
        let mut from = self.bounds.x0;
        for (left, right) in blocks.into_iter().chain([(self.bounds.x1, self.bounds.x1)]) {
            let to = left.min(self.bounds.x1);
            if to - from > best.map_or(0.0, |(a, b)| b - a) + 1e-9 {
                best = Some((from, to));
            }
            from = from.max(right);
        }
        best
    }
}

/// A word to be placed: how wide, and how much room to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Width {
    pub(super) ink: f64,
    pub(super) gap: f64,
}

impl Fragment for Width {
    fn width(&self) -> f64 {
        self.ink
    }
    fn whitespace_width(&self) -> f64 {
        self.gap
    }
    fn penalty_width(&self) -> f64 {
        0.0
    }
}

/// Breaks words into lines of the given widths (the last repeats): few lines, evenly filled, no single word left over on the
/// last. Returns how many words each line takes. A word wider than its line stands alone on it.
pub(super) fn break_lines(words: &[Width], lines: &[f64]) -> Vec<usize> {
    if words.is_empty() {
        return Vec::new();
    }
    // The unit of the penalties is a squared gap; one x-height is ten.
    let scaled: Vec<Width> = words.iter().map(|w| Width { ink: w.ink * 10.0, gap: w.gap * 10.0 }).collect();
    let widths: Vec<f64> = lines.iter().map(|line| line * 10.0).collect();
    let penalties = Penalties {
        nline_penalty: 2_000_000,
        overflow_penalty: 50_000_000,
        short_last_line_fraction: 1,
        short_last_line_penalty: 60_000,
        hyphen_penalty: 0,
    };
    let count = |lines: Vec<&[Width]>| lines.into_iter().map(<[Width]>::len).filter(|n| *n > 0).collect::<Vec<usize>>();
    // With lines of different widths the quick optimum may miss; taking words as they come never does.
    let optimal = wrap_optimal_fit(&scaled, &widths, &penalties).map(count).ok().filter(|lines| fits(&scaled, lines, &widths));
    optimal.unwrap_or_else(|| first_fit(words, lines))
}

/// Breaks words into lines as they come, on as few lines as there can be.
pub(super) fn first_fit(words: &[Width], lines: &[f64]) -> Vec<usize> {
    let mut counts: Vec<usize> = Vec::new();
    let (mut count, mut to, mut gap) = (0, 0.0, 0.0);
    for word in words {
        let room = lines.get(counts.len()).or(lines.last()).copied().unwrap_or(0.0);
        if count > 0 && to + gap + word.ink > room {
            counts.push(count);
            (count, to, gap) = (0, 0.0, 0.0);
        }
        count += 1;
        to += gap + word.ink;
        gap = word.gap;
    }
    if count > 0 {
        counts.push(count);
    }
    counts
}

/// Whether no line is wider than allowed.
fn fits(words: &[Width], lines: &[usize], widths: &[f64]) -> bool {
    let mut from = 0;
    lines.iter().enumerate().all(|(i, count)| {
        let line = &words[from..from + count];
        from += count;
        line_width(line) <= widths.get(i).or(widths.last()).copied().unwrap_or(0.0) + 1e-6
    })
}

/// From the beginning of the first word to the end of the last.
pub(super) fn line_width(line: &[Width]) -> f64 {
    line.iter().map(|w| w.ink + w.gap).sum::<f64>() - line.last().map_or(0.0, |w| w.gap)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(widths: &[f64]) -> Vec<Width> {
        widths.iter().map(|ink| Width { ink: *ink, gap: 1.0 }).collect()
    }

    #[test]
    fn the_widest_free_stretch_is_taken() {
        let mut area = Area::plain(Rect::new(10.0, 10.0, 210.0, 110.0));
        assert_eq!(area.stretch(20.0, 30.0), Some((10.0, 210.0)));
        area.blocked.push(Rect::new(120.0, 60.0, 300.0, 200.0));
        assert_eq!(area.stretch(20.0, 60.0), Some((10.0, 210.0)), "touching is not overlapping");
        assert_eq!(area.stretch(50.0, 61.0), Some((10.0, 120.0)));
        area.blocked.push(Rect::new(0.0, 50.0, 100.0, 90.0));
        assert_eq!(area.stretch(50.0, 61.0), Some((100.0, 120.0)));
        area.blocked.push(Rect::new(0.0, 0.0, 400.0, 400.0));
        assert_eq!(area.stretch(50.0, 61.0), None);
    }

    #[test]
    fn no_word_is_left_alone_on_the_last_line() {
        // Taken as they come, the last word would stand alone.
        assert_eq!(break_lines(&words(&[5.0, 5.0, 5.0, 5.0, 5.0]), &[23.5]), [3, 2]);
        assert_eq!(break_lines(&words(&[5.0, 5.0]), &[7.0]), [1, 1], "but where it must, it does");
    }

    #[test]
    fn lines_of_different_widths_are_kept() {
        let lines = break_lines(&words(&[4.0; 12]), &[20.0, 20.0, 9.5, 9.5, 9.5]);
        assert!(fits(&words(&[4.0; 12]), &lines, &[20.0, 20.0, 9.5, 9.5, 9.5]), "{lines:?}");
        assert_eq!(lines.iter().sum::<usize>(), 12);
    }

    #[test]
    fn taken_as_they_come_words_need_no_more_lines() {
        let long = words(&[7.0, 3.0, 9.0, 4.0, 4.0, 8.0, 2.0, 6.0, 5.0, 3.0]);
        for width in 9..40 {
            let lines = first_fit(&long, &[f64::from(width)]);
            assert!(lines.len() <= break_lines(&long, &[f64::from(width)]).len() && fits(&long, &lines, &[f64::from(width)]));
        }
        assert_eq!(first_fit(&[], &[9.0]), Vec::<usize>::new());
    }

    #[test]
    fn a_word_too_wide_stands_alone() {
        assert_eq!(break_lines(&words(&[3.0, 40.0, 3.0]), &[10.0]), [1, 1, 1]);
    }
}
