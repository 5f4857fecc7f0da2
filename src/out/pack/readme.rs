//! README.txt of a pack: what lies here, what to click, what is only believed.

use super::fields::Fields;
use super::list::fill;
use super::{Artwork, Format, Service};

/// What the owner finds in the folder. The same pack, the same text: no date of its own.
#[must_use]
pub fn text(service: &Service, size: &Format, batch: &str, cards: usize) -> String {
    let words = Fields::from([("size", size.name.clone()), ("service_size", size.service_size().to_owned())]);
    let many = if cards == 1 { "1 card".to_owned() } else { format!("{cards} cards") };
    let mut text = format!("{} for {}, {}\nbatch {batch}\n", many, service.title, size.service_size());
    let mut part = |title: &str, lines: Vec<String>| {
        text += &format!("\n{title}\n\n");
        for line in lines {
            text += &textwrap::fill(&line, textwrap::Options::new(78).initial_indent("  - ").subsequent_indent("    "));
            text.push('\n');
        }
    };
    let drawing = match service.artwork {
        Artwork::TwoFiles => "CARD-front.pdf, CARD-back.pdf: the picture side and the address side of each card.",
        Artwork::OneFile => "CARD.pdf: page 1 is the picture side, page 2 the address side of each card.",
        Artwork::OneBatch => {
            "cards.pdf: two pages for each card, the picture side and the address side; batch.xml says whose they are."
        }
        Artwork::Picture => {
            "CARD-front.png: the picture side of each card; messages.csv has the notes, which the service writes itself."
        }
    };
    let mut here = vec![drawing.to_owned(), "addresses.csv: the list to upload.".to_owned()];
    if service.request.is_some() {
        here.push("requests.jsonl: one request a line, with a key that keeps a card from being sent twice.".into());
    }
    here.push("addresses.xml: the same list to look at in a spreadsheet. Do not open addresses.csv in one and save it: spreadsheets take the first zeros off ZIP codes. If it happened, `wetink preflight addresses.csv --for` this service says so, and `wetink pack` makes the list again.".into());
    here.push("CHECKSUMS.txt: what every file was when it was made; `wetink doctor` compares.".into());
    part("What is here", here);
    part("What to do", service.steps.iter().map(|step| fill(step, &words)).collect());
    part(
        "About the list",
        vec![
            service.csv_how.clone(),
            "A cell that would begin with = + - @ begins with a no-break space instead, so that no spreadsheet runs it. It is not seen and prints as nothing.".into(),
        ],
    );
    part(
        "Afterwards",
        vec![
            format!(
                "`wetink posted {batch}` when the service has taken them. With the service's own number of a card: `wetink posted CARD --ref NUMBER`, or for many `wetink posted --refs FILE.csv` with the columns card,ref."
            ),
            "No postage, no crop marks and no address are on the drawings: the service prints those.".into(),
        ],
    );
    part(&format!("Believed, not known (as of {})", service.checked), service.unsure.clone());
    text
}
