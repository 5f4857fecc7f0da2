//! What happened, out of tables: purchases, orders, invoices, visits. Rows of one order become one purchase.

use std::collections::VecDeque;
use std::fmt::Write as _;

use super::columns::Field;
use super::csv::Record;
use super::dates::{self, Told};
use super::read::Plan;
use super::{Amount, Found, Happened, Key, Loss, Problem, Who, clean};

/// So many things of one order are named.
const NAMED: usize = 8;

/// An order whose rows are being gathered.
#[derive(Default)]
pub(super) struct Till {
    open: Option<Open>,
}

struct Open {
    number: String,
    happened: Option<Happened>,
    items: Vec<String>,
    more: usize,
    /// No row of it had an amount of the whole.
    sum: Option<i64>,
    whole: bool,
    failed: bool,
}

/// Money as written in a cell: `1,234.50`, `1.234,50 €`, `-12`, `(12.00)`, `$ 5`.
pub(super) fn amount(cell: &str) -> Option<Amount> {
    let currency = [
        ("€", "EUR"),
        ("$", "USD"),
        ("£", "GBP"),
        ("zł", "PLN"),
        ("EUR", "EUR"),
        ("USD", "USD"),
        ("GBP", "GBP"),
        ("PLN", "PLN"),
        ("CHF", "CHF"),
        ("CAD", "CAD"),
        ("AUD", "AUD"),
    ]
    .iter()
    .find(|(sign, _)| cell.contains(sign))
    .map_or("", |(_, code)| code);
    let minus = cell.contains('-') || cell.contains('−') || (cell.starts_with('(') && cell.ends_with(')'));
    let digits: String = cell.chars().filter(|c| c.is_ascii_digit() || *c == '.' || *c == ',').collect();
    let digits = digits.trim_matches(['.', ',']);
    if digits.is_empty() || cell.chars().filter(|c| c.is_alphabetic()).count() > 4 {
        return None;
    }
    // The last separator parts the cents if one or two digits follow; three are thousands.
    let (whole, cents) = match digits.rfind(['.', ',']) {
        Some(at) if (1..=2).contains(&(digits.len() - at - 1)) => (&digits[..at], &digits[at + 1..]),
        _ => (digits, ""),
    };
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok().filter(|w| *w < 1_000_000_000_000)? };
    let cents: i64 = if cents.is_empty() { 0 } else { format!("{cents:0<2}").parse().ok()? };
    let cents = whole * 100 + cents;
    Some(Amount { cents: if minus { -cents } else { cents }, currency: currency.to_owned() })
}

/// What sort of thing it is, in our words where other programs have their own.
pub(super) fn kind(cell: &str, by_default: &str) -> String {
    let folded = clean::folded(cell);
    match folded.as_str() {
        "" => by_default.to_owned(),
        "sales receipt" | "sale" | "sales" | "order" | "bought" | "kauf" | "achat" | "compra" | "zakup" | "aankoop" => {
            "purchase".into()
        }
        "invoice" | "rechnung" | "facture" | "factura" | "faktura" | "factuur" => "invoice".into(),
        "payment" | "zahlung" | "paiement" | "pago" | "betaling" => "payment".into(),
        "credit memo" | "refund" | "return" => "refund".into(),
        _ => folded.split_whitespace().collect::<Vec<_>>().join("-"),
    }
}

impl Till {
    /// One record.
    pub(super) fn row(&mut self, plan: &Plan, record: &Record, ready: &mut VecDeque<Found>) {
        let number = clean::line("number", plan.cell(record, Field::Order), &mut Vec::new());
        if !plan.by_order || number.is_empty() {
            self.close(ready);
            match happened(plan, record, number) {
                Ok(happened) => ready.push_back(Found::Touch(Box::new(happened))),
                Err(problem) => ready.push_back(Found::Problem(problem)),
            }
            return;
        }
        if self.open.as_ref().is_none_or(|open| open.number != number) {
            self.close(ready);
            let (happened, failed) = match happened(plan, record, number.clone()) {
                Ok(happened) => (Some(happened), false),
                Err(problem) => {
                    ready.push_back(Found::Problem(problem));
                    (None, true)
                }
            };
            let whole = plan.source == "shopify";
            self.open = Some(Open { number, happened, items: Vec::new(), more: 0, sum: None, whole, failed });
        }
        let Some(open) = self.open.as_mut().filter(|open| !open.failed) else { return };
        let item = clean::line("item", plan.cell(record, Field::Item), &mut Vec::new());
        if !item.is_empty() {
            let quantity = plan.cell(record, Field::Quantity).trim_end_matches(".0").trim_end_matches(".00");
            let several =
                !["", "1", "0"].contains(&quantity) && quantity.len() <= 6 && quantity.bytes().all(|b| b.is_ascii_digit());
            if open.items.len() < NAMED {
                open.items.push(if several { format!("{quantity} × {item}") } else { item });
            } else {
                open.more += 1;
            }
        }
        if !open.whole
            && let Some(amount) = amount(plan.cell(record, Field::Amount))
        {
            open.sum = Some(open.sum.unwrap_or(0).saturating_add(amount.cents));
        }
    }

    /// The order is complete.
    pub(super) fn close(&mut self, ready: &mut VecDeque<Found>) {
        let Some(open) = self.open.take() else { return };
        let Some(mut happened) = open.happened else { return };
        if !open.items.is_empty() {
            happened.text = open.items.join("; ");
            if open.more > 0 {
                let _ = write!(happened.text, "; and {} more", open.more);
            }
        }
        if let (Some(sum), Some(amount)) = (open.sum, happened.amount.as_mut()) {
            amount.cents = sum;
        }
        ready.push_back(Found::Touch(Box::new(happened)));
    }
}

fn happened(plan: &Plan, record: &Record, number: String) -> Result<Happened, Problem> {
    let problem = |message: String| Problem { line: record.line, message, loss: Loss::Row };
    let mut left_out = Vec::new();
    let line = |field: Field, what: &str, out: &mut Vec<String>| clean::line(what, plan.cell(record, field), out);
    let mut name = line(Field::Name, "name", &mut left_out);
    if name.is_empty() {
        let both = [line(Field::Given, "given name", &mut left_out), line(Field::Family, "family name", &mut left_out)];
        both.join(" ").trim().clone_into(&mut name);
    }
    if name.is_empty() {
        name = line(Field::Company, "company", &mut left_out);
    }
    let id = line(Field::Id, "customer number", &mut left_out);
    let who = Who {
        name,
        email: line(Field::Email, "e-mail", &mut left_out),
        phone: line(Field::Phone, "phone number", &mut left_out),
        key: (!id.is_empty()).then(|| Key { source: plan.source.clone(), number: id }),
    };
    if who == Who::default() {
        return Err(problem("this row says nobody it is about, so it was left out; give it a name or a customer number".into()));
    }
    let mut day = None;
    for at in plan.columns.of(Field::Date) {
        match dates::day("date", record.cell(at), plan.rules(at)) {
            Told::Nothing => {}
            Told::Known(known, _) => {
                day = Some(known);
                break;
            }
            Told::Refused(why) => return Err(problem(format!("{why}; this row was left out"))),
        }
    }
    let Some(day) = day else {
        return Err(problem("this row has no date, so it was left out; what happened needs a day".into()));
    };
    let item = line(Field::Item, "item", &mut left_out);
    let mut words: Vec<String> = Vec::new();
    for at in plan.columns.of(Field::Note) {
        let text = clean::text("text", record.cell(at), &mut left_out);
        if !text.is_empty() && !words.contains(&text) {
            words.push(text);
        }
    }
    let text = words.join("; ");
    let cell = plan.cell(record, Field::Amount);
    let mut amount = amount(cell);
    if amount.is_none() && !cell.is_empty() {
        left_out.push(format!("the amount `{}` couldn't be read; write it as 12.50", clean::shown(cell)));
    }
    let currency = plan.cell(record, Field::Currency).to_uppercase();
    if let Some(amount) = amount.as_mut().filter(|_| currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase())) {
        amount.currency = currency;
    }
    let by_default = if amount.is_some() || plan.by_order || !item.is_empty() { "purchase" } else { "visit" };
    Ok(Happened {
        line: record.line,
        who,
        kind: kind(&clean::line("kind", plan.cell(record, Field::Kind), &mut left_out), by_default),
        day,
        text: if text.is_empty() || (plan.by_order && !item.is_empty()) { item } else { text },
        amount,
        key: (!number.is_empty()).then(|| Key { source: plan.source.clone(), number }),
        left_out,
    })
}
