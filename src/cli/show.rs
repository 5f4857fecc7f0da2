//! Trouble as rustc would show it: the sentence, the line with a caret under it, and what to do.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::trouble::{Spot, Trouble};
use crate::words;

/// Trouble that stopped the work.
#[must_use]
pub fn trouble(trouble: &Trouble) -> String {
    render(&Level::ERROR, trouble)
}

/// Trouble that didn't.
#[must_use]
pub fn warning(trouble: &Trouble) -> String {
    render(&Level::WARNING, trouble)
}

fn render(level: &Level<'_>, trouble: &Trouble) -> String {
    let message = words::shown(&trouble.message);
    let title = level.clone().primary_title(message);
    // Only the lines around the spots are handed over: a sheet may be long, and must be made safe to show.
    let windows = Window::of_all(&trouble.spots);
    let mut group =
        if windows.is_empty() { Group::with_title(title) } else { title.elements(windows.iter().map(Window::snippet)) };
    for hint in &trouble.hints {
        group = group.element(Level::HELP.message(words::shown(hint)));
    }
    Renderer::styled().decor_style(DecorStyle::Ascii).term_width(width()).render(&[group])
}

fn width() -> usize {
    std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).filter(|c| (40..=400).contains(c)).unwrap_or(120)
}

/// The lines of one or more spots, made safe to show, with the spans moved accordingly.
struct Window {
    text: String,
    path: String,
    line: usize,
    marks: Vec<(std::ops::Range<usize>, String)>,
}

impl Window {
    /// One window for each file and line: several spots on a line are shown under it together.
    fn of_all(spots: &[Spot]) -> Vec<Window> {
        let mut windows: Vec<Window> = Vec::new();
        for spot in spots {
            let window = Window::of(spot);
            match windows.iter_mut().find(|w| w.path == window.path && w.line == window.line && w.text == window.text) {
                Some(there) => there.marks.extend(window.marks),
                None => windows.push(window),
            }
        }
        windows
    }

    fn of(spot: &Spot) -> Window {
        let text = &*spot.text;
        let floor = |mut at: usize| {
            at = at.min(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let (start, end) = (floor(spot.span.start), floor(spot.span.end.max(spot.span.start)));
        let from = text[..start].rfind('\n').map_or(0, |n| n + 1);
        let to = text[end..].find('\n').map_or(text.len(), |n| end + n);
        // Each piece is made safe by itself, so that the span keeps pointing at the same words.
        let safe = |part: &str| {
            part.split('\n').map(|l| words::shown(l.trim_end_matches('\r')).into_owned()).collect::<Vec<_>>().join("\n")
        };
        let (before, inside, after) = (safe(&text[from..start]), safe(&text[start..end]), safe(&text[end..to]));
        let span = before.len()..before.len() + inside.len();
        Window {
            text: before + &inside + &after,
            path: words::shown(&spot.file).into_owned(),
            line: spot.line(),
            marks: vec![(span, words::shown(&spot.label).into_owned())],
        }
    }

    fn snippet(&self) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
        let marks = self.marks.iter().map(|(span, label)| {
            let mark = AnnotationKind::Primary.span(span.clone());
            if label.is_empty() { mark } else { mark.label(label.as_str()) }
        });
        Snippet::source(self.text.as_str()).line_start(self.line).path(self.path.as_str()).annotations(marks)
    }
}
