//! A batch: its cards drawn a few at a time, laid on their sheets, and written as they come.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::mpsc;
use std::thread;

use crate::card::{Faces, Fit, cue};
use crate::measure::{Size, mm};
use crate::out::pdf::{self, Book, Meta, Sides};
use crate::page::Page;
use crate::stock::{self, Panels, Plan};
use crate::studio::{Job, Studio};
use crate::trouble::Result;

/// Cards drawn together, one piece of work.
const TOGETHER: usize = 8;
/// So many times as many are drawn ahead of their sheets: there is always something to draw while those are made.
const AHEAD: usize = 8;

/// A batch as made, beside its PDF.
#[derive(Debug)]
pub struct Printed {
    /// Further files that belong to it: the end of their name, and their bytes.
    pub beside: Vec<(&'static str, Vec<u8>)>,
    /// What the owner should know.
    pub warnings: Vec<String>,
}

/// What is kept of the cards while their drawings come and go.
#[derive(Default)]
struct Gathered {
    fits: Vec<Fit>,
    warnings: BTreeSet<String>,
}

impl Gathered {
    fn take(&mut self, job: &Job<'_>, faces: Faces) -> Panels {
        self.warnings.extend(faces.warnings);
        if let Fit::Printed { substitutes, .. } = &faces.fit {
            self.warnings.extend(substitutes.iter().map(|s| format!("{}: {s}", job.who.id())));
        }
        self.fits.push(faces.fit);
        faces.panels
    }
}

impl Studio {
    /// Makes the batch and writes its PDF, card by card: cards are drawn a few ahead of the page that is written, never all.
    /// With manual duplex the PDF has the fronts. `told` hears how many cards are on their sheets, and may stop the work.
    pub fn print<W: Write + ?Sized>(
        &self,
        jobs: &[Job<'_>],
        target: &mut W,
        told: &mut dyn FnMut(usize) -> Result<()>,
    ) -> Result<Printed> {
        let mut batch = Gathered::default();
        let backs = thread::scope(|scope| {
            // Some cards each, in the order of the batch, whenever they are drawn: no processor waits for the others.
            let (hand_over, drawn) = mpsc::sync_channel::<mpsc::Receiver<Vec<Result<Faces>>>>(AHEAD);
            scope.spawn(move || {
                rayon::in_place_scope(|pool| {
                    for some in jobs.chunks(TOGETHER) {
                        let (put, faces) = mpsc::sync_channel(1);
                        if hand_over.send(faces).is_err() {
                            // Nobody prints any more: what went wrong is said there.
                            return;
                        }
                        pool.spawn(move |_| {
                            let drawn = some.iter().map(|job| self.make(job).map(|made| made.0)).collect();
                            // The same.
                            let _ = put.send(drawn);
                        });
                    }
                });
            });
            let drawn = drawn.into_iter().flat_map(|some| some.recv().into_iter().flatten());
            let mut cards = jobs.iter().zip(drawn);
            let mut trouble = None;
            let panels = std::iter::from_fn(|| {
                let (job, card) = cards.next()?;
                let panels = card.map(|faces| batch.take(job, faces));
                match panels.and_then(|panels| told(batch.fits.len()).map(|()| panels)) {
                    Ok(panels) => Some(if self.order.proof { self.proof(panels) } else { panels }),
                    Err(wrong) => {
                        trouble = Some(wrong);
                        None
                    }
                }
            });
            let backs = self.lay_out(panels, target);
            trouble.map_or(backs, Err)
        })?;
        let mut beside: Vec<(&'static str, Vec<u8>)> = backs.into_iter().map(|bytes| ("backs", bytes)).collect();
        if self.order.by_hand {
            beside.push(("cues", self.cue_sheet(jobs, &batch.fits)?));
        }
        Ok(Printed { beside, warnings: batch.warnings.into_iter().collect() })
    }

    /// The cards on their sheets as a PDF; with manual duplex, the backs as another.
    fn lay_out<W: Write + ?Sized>(&self, panels: impl Iterator<Item = Panels>, target: &mut W) -> Result<Option<Vec<u8>>> {
        let (turn, manual) = self.turn();
        let plan = Plan { stock: &self.stock, turn, skip: self.order.skip, printer: &self.printer };
        let sheets = stock::impose(panels, plan)?;
        let Some(reversed) = manual.filter(|_| self.stock.duplex) else {
            let mut book = Book::open(target)?;
            for sheet in sheets {
                sheet?.pages().try_for_each(|page| book.add(page))?;
            }
            book.close(&self.meta(Some(self.sides(&self.stock))))?;
            return Ok(None);
        };
        let mut bytes = Vec::new();
        let (mut fronts, mut backs) = (Book::open(target)?, Book::open(&mut bytes)?);
        for sheet in sheets {
            let sheet = sheet?;
            fronts.add(sheet.front)?;
            sheet.back.map_or(Ok(()), |back| backs.add(back))?;
        }
        let meta = self.meta(Some(Sides::One));
        fronts.close(&meta)?;
        backs.close(&Meta { backwards: reversed, ..meta })?;
        Ok(Some(bytes))
    }

    fn cue_sheet(&self, jobs: &[Job<'_>], fits: &[Fit]) -> Result<Vec<u8>> {
        let mut cues = Vec::new();
        for (job, fit) in jobs.iter().zip(fits) {
            let Fit::ByHand(fit) = fit else { continue };
            let ps = if job.note.ps().is_empty() { String::new() } else { format!("\n\nPS: {}", job.note.ps()) };
            cues.push(cue::Cue {
                number: u32::try_from(job.number).unwrap_or(u32::MAX),
                name: job.who.name(),
                facts: std::iter::once(job.occasion.clone()).chain(job.facts.clone()).collect(),
                note: format!("{}{ps}", job.note.text()),
                fit: *fit,
            });
        }
        let paper =
            if self.shop.settings.print.paper == "letter" { Size::new(612.0, 792.0) } else { Size::new(mm(210.0), mm(297.0)) };
        let title = match cues.len() {
            1 => "Write this card by hand".to_owned(),
            several => format!("Write these {several} cards by hand, in this order"),
        };
        let pages: Vec<Page> = cue::sheets(&title, &cues, paper, &self.case)?;
        pdf::write(&pages, &self.meta(Some(Sides::One)))
    }
}
