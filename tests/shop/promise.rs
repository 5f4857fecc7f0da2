//! The promise in the database itself: whoever writes SQL past wetink can't make two cards say the same, rewrite what happened, or
//! send a card to somebody who must not get one. (Switching the guards off, `writable_schema` and the like are another thing:
//! that is told by `doctor`, see `damage.rs`.)

use crate::builder::Shop;

const ANA: &str = "Ana, how did the boots do on those hills in Lisbon? You owe me the story of the tram driver.";
const ZOE: &str = "Zoë, nobody else asked whether the sandals could dance; they could, couldn't they?";

fn dump(shop: &Shop) -> Vec<String> {
    let conn = rusqlite::Connection::open(shop.file("ledger.db")).unwrap();
    let mut all = Vec::new();
    for table in ["household", "person", "touch", "batch", "card", "card_event", "suppression", "fingerprint", "erased_note"] {
        let mut ask = conn.prepare(&format!("SELECT * FROM {table} ORDER BY 1")).unwrap();
        let columns = ask.column_count();
        let mut rows = ask.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            all.push(format!(
                "{table} {:?}",
                (0..columns).map(|n| row.get::<_, rusqlite::types::Value>(n).unwrap()).collect::<Vec<_>>()
            ));
        }
    }
    all
}

#[test]
fn no_sql_breaks_a_promise() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA), ("zoe-lukasik", ZOE)]);
    shop.run(&["log", "ana", "visit", "tried the red ones"]).ok();
    shop.run(&["print"]).ok();
    shop.run(&["posted", "ana"]).ok();
    shop.run(&["person", "status", "henrik", "deceased"]).ok();
    shop.run(&["person", "erase", "zoe", "--yes"]).ok();
    let before = dump(&shop);
    let card = |id: &str, person: &str, state: &str, note: &str| {
        format!(
            "INSERT INTO card (id, person, occasion, key, day, state, note, batch) VALUES ('{id}', {person}, 'b', '1', '2026-12-01', '{state}', '{note}', 1)"
        )
    };
    let note = ANA.replace('\'', "''");
    let attempts = [
        // No two cards say the same.
        (card("twin", "'tom-reed'", "printed", &note), "UNIQUE"),
        ("INSERT INTO fingerprint (hash, card) SELECT hash, 99 FROM fingerprint LIMIT 1".into(), "for ever"),
        ("INSERT OR REPLACE INTO fingerprint (hash, card) SELECT hash, 99 FROM fingerprint".into(), "for ever"),
        ("REPLACE INTO fingerprint (hash, card) SELECT hash, 99 FROM fingerprint".into(), "for ever"),
        ("INSERT INTO fingerprint (hash, card) SELECT hash, 99 FROM fingerprint WHERE true ON CONFLICT (hash) DO UPDATE SET card = 99".into(), "for ever"),
        ("UPDATE OR REPLACE fingerprint SET hash = 1".into(), "for ever"),
        ("DELETE FROM fingerprint".into(), "for ever"),
        ("DELETE FROM erased_note".into(), "for ever"),
        ("UPDATE erased_note SET traces = x''".into(), "for ever"),
        // What was made stays as it was made.
        ("UPDATE card SET note = 'x'".into(), "not rewritten"),
        ("UPDATE OR REPLACE card SET ps = 'x'".into(), "not rewritten"),
        ("UPDATE card SET day = '2027-01-01'".into(), "not rewritten"),
        ("UPDATE card SET occasion = 'x'".into(), "not rewritten"),
        ("DELETE FROM card".into(), "not deleted"),
        ("INSERT OR REPLACE INTO card (n, id, person, occasion, key, day, state, note, batch) SELECT n, id, person, occasion, key, day, state, 'x', batch FROM card".into(), "not replaced"),
        ("UPDATE batch SET sha256 = replace(sha256, 'a', 'b')".into(), "not rewritten"),
        ("UPDATE batch SET file = 'out/x.pdf'".into(), "not rewritten"),
        ("DELETE FROM batch".into(), "not deleted"),
        ("INSERT OR REPLACE INTO batch SELECT n, id, day, sheet, 'out/x.pdf', sha256, cards, state FROM batch".into(), "not replaced"),
        // History is only added to.
        ("UPDATE card_event SET text = 'x'".into(), "only added to"),
        ("DELETE FROM card_event".into(), "only added to"),
        ("INSERT OR REPLACE INTO card_event (n, card, day, what) SELECT n, card, day, 'returned' FROM card_event".into(), "only added to"),
        ("UPDATE touch SET text = 'never said'".into(), "not rewritten"),
        ("UPDATE touch SET day = '2020-01-01'".into(), "not rewritten"),
        ("DELETE FROM touch".into(), "not deleted"),
        ("INSERT OR REPLACE INTO touch (n, person, kind, day, text) SELECT n, person, kind, day, 'x' FROM touch".into(), "not replaced"),
        ("DELETE FROM suppression".into(), "stays forgotten"),
        ("UPDATE suppression SET mark = replace(mark, 'a', 'b')".into(), "stays forgotten"),
        // Nobody gets a card who must not.
        (card("late", "'henrik-sorensen'", "printed", "for one who died"), "must not get a card"),
        (card("nobody", "'no-such-person'", "printed", "for nobody"), "FOREIGN KEY"),
        (card("no-one", "NULL", "printed", "for no one"), "CHECK"),
        // States and days are what they can be.
        (card("odd", "'tom-reed'", "lost", "in an odd state"), "CHECK"),
        ("UPDATE card SET state = 'void'".into(), "CHECK"),
        ("UPDATE batch SET state = 'maybe'".into(), "CHECK"),
        ("UPDATE batch SET cards = 0".into(), "not rewritten"),
        ("UPDATE person SET status = 'inactive'".into(), "CHECK"),
        ("UPDATE person SET birthday = '12 May' WHERE id = 'tom-reed'".into(), "CHECK"),
        ("UPDATE person SET household = 'nowhere'".into(), "FOREIGN KEY"),
        ("DELETE FROM person WHERE id = 'ana-lopez'".into(), "FOREIGN KEY"),
        ("INSERT OR REPLACE INTO person (id, given) VALUES ('ana-lopez', 'Nobody')".into(), "there already"),
        ("INSERT INTO card_event (card, day, what) VALUES (1, '2026-12-01', 'burnt')".into(), "CHECK"),
        ("INSERT INTO card_event (card, day, what) VALUES (77, '2026-12-01', 'posted')".into(), "FOREIGN KEY"),
        ("UPDATE card SET note = 7".into(), "not rewritten"),
        ("INSERT INTO touch (person, kind, day) VALUES ('ana-lopez', '', '2026-12-01')".into(), "CHECK"),
        ("UPDATE pen SET may = 'anything'".into(), "CHECK"),
        ("DELETE FROM pen".into(), "needs its pen"),
        ("INSERT OR REPLACE INTO pen (one, may) VALUES (2, 'void')".into(), "CHECK"),
    ];
    assert!(attempts.len() > 40);
    for (sql, said) in attempts {
        let refused = shop.sql(&sql).expect_err(&sql).to_string();
        assert!(refused.contains(said), "{sql}: {refused}");
    }
    assert_eq!(dump(&shop), before);
    shop.run(&["doctor"]).ok();
}
