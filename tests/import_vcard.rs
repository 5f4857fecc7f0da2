//! Address books: every trap of the format we know of.

use std::io::Cursor;

use wetink::day::Day;
use wetink::import::{Found, Loss, Mapping, Order, Problem, Row, Wanted, read};
use wetink::person::Status;

fn today() -> Day {
    "2026-11-22".parse().unwrap()
}

fn all(bytes: impl Into<Vec<u8>>, mapping: &Mapping) -> (Vec<Row>, Vec<Problem>) {
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for found in read("book.vcf", Cursor::new(bytes.into()), Wanted::People, mapping, today()).unwrap() {
        match found {
            Found::Person(row) => rows.push(*row),
            Found::Problem(problem) => problems.push(problem),
            other => panic!("{other:?}"),
        }
    }
    (rows, problems)
}

/// The only card of a book of one, made of these lines.
fn one(version: &str, lines: &str) -> (Row, Vec<Problem>) {
    let book = format!("BEGIN:VCARD\nVERSION:{version}\nN:Lee;Ann;;;\nFN:Ann Lee\n{lines}\nEND:VCARD\n");
    let (mut rows, problems) = all(book.replace('\n', "\r\n"), &Mapping::default());
    assert_eq!(rows.len(), 1, "{lines}");
    (rows.remove(0), problems)
}

fn birthday(row: &Row) -> String {
    row.person.birthday.map_or_else(|| "-".into(), |b| b.to_string())
}

#[test]
fn every_birthday_of_the_trap_table() {
    // What stands on the line, what is understood, how many remarks the row carries.
    for (line, want, remarks) in [
        ("BDAY:--0412", "--04-12", 0),
        ("BDAY:--04-12", "--04-12", 0),
        ("BDAY:--0229", "--02-29", 0),
        ("BDAY:---12", "-", 1),
        ("BDAY:1980-05", "-", 1),
        ("BDAY;X-APPLE-OMIT-YEAR=1604:1604-05-09", "--05-09", 0),
        ("BDAY;VALUE=date;X-APPLE-OMIT-YEAR=1604:1604-02-29", "--02-29", 0),
        ("BDAY;X-APPLE-OMIT-YEAR=1904:1904-05-09", "--05-09", 0),
        ("BDAY:1604-05-09", "--05-09", 0),
        ("BDAY:April 12", "--04-12", 0),
        ("BDAY;VALUE=text:April 12", "--04-12", 0),
        ("BDAY:12 avril 1980", "1980-04-12", 0),
        ("BDAY:1980-02-30", "-", 1),
        ("BDAY:70-7-14", "--07-14", 1),
        ("BDAY:206-12-15", "--12-15", 1),
        ("BDAY;VALUE=text:circa 1800", "-", 0),
        ("BDAY:1980-04-12T23:50:00-11:00", "1980-04-12", 0),
        ("BDAY:19800412T000001Z", "1980-04-12", 0),
        ("BDAY:19800412", "1980-04-12", 0),
        ("BDAY;ALTID=1:1980-04-12\nBDAY;ALTID=1;VALUE=text:12 April 1980", "1980-04-12", 0),
        ("BDAY:1980-04-12\nBDAY:1981-04-12", "1980-04-12", 1),
        ("BDAY:nonsense\nBDAY:1981-04-12", "1981-04-12", 1),
        ("BDAY:1899-04-12", "--04-12", 1),
        ("BDAY:25/12/1980", "1980-12-25", 0),
        ("BDAY:", "-", 0),
        ("BDAY;VALUE=date:1980-\n 04-12", "1980-04-12", 0),
        ("item7.BDAY:1980-04-12", "1980-04-12", 0),
        ("BDAY;ENCODING=QUOTED-PRINTABLE:1980=2D04=2D12", "1980-04-12", 0),
    ] {
        let (row, problems) = one("3.0", line);
        assert_eq!((birthday(&row).as_str(), row.left_out.len()), (want, remarks), "{line}: {:?}", row.left_out);
        assert_eq!(problems, [], "{line}");
    }
    let (row, _) = one("4.0", "BDAY;VALUE=text:circa 1800");
    assert_eq!((row.facts[0].kind.as_str(), row.facts[0].text.as_str()), ("birthday", "circa 1800"));
}

#[test]
fn what_only_the_owner_knows_is_asked_once() {
    let book = "BEGIN:VCARD\nFN:Ann Lee\nBDAY:12/04/1980\nEND:VCARD\nBEGIN:VCARD\nFN:Bob Lee\nBDAY:05/06/1981\nANNIVERSARY:1970-06-30\nEND:VCARD\n";
    let (rows, problems) = all(book, &Mapping::default());
    assert_eq!(rows.iter().map(birthday).collect::<Vec<_>>(), ["-", "-"]);
    assert_eq!(rows[1].person.anniversary.map(|a| a.to_string()).as_deref(), Some("--06-30"));
    assert_eq!(problems.iter().map(|p| (p.line, p.loss)).collect::<Vec<_>>(), [(1, Loss::Question), (5, Loss::Question)]);
    assert!(problems[0].message.contains("--dates dmy"));
    let told = Mapping { dates: Some(Order::DayFirst), real_years: true, ..Mapping::default() };
    let (rows, problems) = all(book, &told);
    assert_eq!((birthday(&rows[0]).as_str(), birthday(&rows[1]).as_str(), problems.len()), ("1980-04-12", "1981-06-05", 0));
    assert_eq!(rows[1].person.anniversary.map(|a| a.to_string()).as_deref(), Some("1970-06-30"));
}

#[test]
fn other_days_death_and_relations() {
    let (row, _) = one(
        "3.0",
        "item1.X-ABDATE;type=pref:2001-06-30\nitem1.X-ABLabel:_$!<Anniversary>!$_\nitem2.X-ABDATE:--0503\nitem2.X-ABLabel:Name day\n\
         item3.X-ABRELATEDNAMES:Bob\nitem3.X-ABLabel:_$!<Spouse>!$_\nX-EVOLUTION-SPOUSE:Bob\nNOTE:loves red\\nhates rain",
    );
    assert_eq!(row.person.anniversary.map(|a| a.to_string()).as_deref(), Some("2001-06-30"));
    assert_eq!(
        row.days.iter().map(|d| (d.label.as_str(), d.on.to_string())).collect::<Vec<_>>(),
        [("Name day", "--05-03".into())]
    );
    let facts: Vec<(&str, &str)> = row.facts.iter().map(|f| (f.kind.as_str(), f.text.as_str())).collect();
    assert_eq!(facts, [("spouse", "Bob"), ("note", "loves red\nhates rain")]);
    for (line, on) in
        [("DEATHDATE:2020-05-09", Some("2020-05-09")), ("DEATHDATE:--0509", None), ("DEATHDATE;VALUE=text:circa 1800", None)]
    {
        let (row, _) = one("4.0", line);
        assert_eq!(row.person.status, Status::Deceased, "{line}");
        assert_eq!(row.person.status_on.map(|d| d.to_string()).as_deref(), on, "{line}");
    }
    let (row, _) = one(
        "4.0",
        "ANNIVERSARY:20090808T1430-0500\nRELATED;TYPE=spouse;VALUE=text:Bob\nRELATED;TYPE=friend:urn:uuid:1\nLANG:de-AT\nHOBBY:chess",
    );
    assert_eq!(row.person.anniversary.map(|a| a.to_string()).as_deref(), Some("2009-08-08"));
    assert_eq!(row.person.language, "de");
    assert_eq!(row.facts.iter().map(|f| f.kind.as_str()).collect::<Vec<_>>(), ["spouse", "hobby"]);
}

#[test]
fn addresses_and_numbers() {
    let (row, _) = one(
        "3.0",
        "ORG:Acme;Baking\nTITLE:Baker\nADR;TYPE=WORK,PREF:;;9 Office;Bonn;;53111;Germany\nADR;TYPE=HOME:12;Flat 2;1 Road\\nBack House;Baytown;LA;01234;United States of America\n\
         TEL;TYPE=FAX:111111\nTEL;TYPE=WORK:222222\nTEL;TYPE=CELL:333333\nEMAIL:b@example.com\nEMAIL;TYPE=PREF:a@example.com\nUID:urn:uuid:abc",
    );
    let ann = &row.person;
    assert_eq!(ann.address.street, ["1 Road", "Back House", "Flat 2, PO Box 12"]);
    assert_eq!(
        (
            ann.address.city.as_str(),
            ann.address.postcode.as_str(),
            ann.address.country.as_str(),
            ann.address.organisation.as_str()
        ),
        ("Baytown", "01234", "US", "")
    );
    assert_eq!((ann.email.as_str(), ann.phone.as_str(), row.phones.join("/").as_str()), ("a@example.com", "333333", "222222"));
    assert_eq!(row.key.as_ref().map(|k| (k.source.as_str(), k.number.as_str())), Some(("vcard", "abc")));
    assert_eq!(row.facts[0].text, "Baker, Acme");
    let (row, _) = one("3.0", "ORG:Acme\nADR;TYPE=WORK:;;9 Office;Bonn;;53111;");
    assert_eq!(row.person.address.organisation, "Acme");
    let (row, _) = one("3.0", "LABEL;TYPE=HOME:Ann Lee\\n1 Road\\nBaytown\\, LA 30314");
    assert_eq!((row.person.address.street.join("/").as_str(), row.person.address.city.as_str()), ("1 Road", "Baytown"));
}

#[test]
fn old_cards_in_any_encoding() {
    let quoted = "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C5=81ukasik;Zo=C3=AB;;;\r\n\
                  ADR;HOME;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:;;Stra=DFe 1=0D=0AHinterhaus=3B links, 2. Stock;K=F6ln;;=\r\n51147;Germany\r\n\
                  BDAY:1980-04-12\r\nPHOTO;ENCODING=BASE64;JPEG:\r\n AAAA\r\n BBBB\r\n\r\nEND:VCARD\r\n";
    let (rows, _) = all(quoted, &Mapping::default());
    let zoe = &rows[0].person;
    assert_eq!(zoe.name.full(), "Zoë Łukasik");
    assert_eq!(zoe.address.street, ["Straße 1", "Hinterhaus; links, 2. Stock"]);
    assert_eq!(
        (zoe.address.city.as_str(), zoe.address.postcode.as_str(), birthday(&rows[0]).as_str()),
        ("Köln", "51147", "1980-04-12")
    );
    let shift =
        [&b"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=SHIFT_JIS:\x88\xc0\x93\xa1;\x97R\x8b\x49\x8eq;;;\r\nEND:VCARD\r\n"[..]]
            .concat();
    assert_eq!(all(shift, &Mapping::default()).0[0].person.name.family, "安藤");
    let shift_quoted =
        "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=88=C0=93=A1;=95\\;;;\nFN:x\nEND:VCARD\n";
    assert_eq!(all(shift_quoted, &Mapping::default()).0[0].person.name.family, "安藤");
    let latin = b"BEGIN:VCARD\nVERSION:3.0\nN:M\xfcller;J\xf6rg;;;\nEND:VCARD\n".to_vec();
    assert_eq!(all(latin, &Mapping::default()).0[0].person.name.full(), "Jörg Müller");
    let wide: Vec<u8> = "\u{feff}BEGIN:VCARD\r\nVERSION:3.0\r\nN:Müller;Jörg;;;\r\nEND:VCARD\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(all(wide, &Mapping::default()).0[0].person.name.full(), "Jörg Müller");
}

#[test]
fn names_of_all_sorts() {
    let card = |lines: &str| all(format!("BEGIN:VCARD\nVERSION:3.0\n{lines}\nEND:VCARD\n"), &Mapping::default());
    let (rows, _) = card("ORG:Lee & Sons;Shoes");
    assert!(rows[0].business);
    assert_eq!((rows[0].person.name.family.as_str(), rows[0].person.name.given.as_str()), ("Lee & Sons", ""));
    let (rows, _) = card("FN:Lee & Sons\nN:;;;;\nORG:Lee & Sons\nX-ABShowAs:COMPANY");
    assert!(rows[0].business);
    assert_eq!(rows[0].person.name.family, "Lee & Sons");
    let (rows, _) = card("FN:Ann van der Lee");
    assert_eq!(rows[0].person.name.full(), "Ann van der Lee");
    let (rows, _) = card("N:Lee;Ann;Mary,Jo;Dr.;Jr.\nNICKNAME:Annie,Nan");
    assert_eq!(
        (rows[0].person.name.full().as_str(), rows[0].person.name.spoken().as_str()),
        ("Dr. Ann Mary Jo Lee Jr.", "Annie")
    );
    for (lines, word) in
        [("FN:Friends\nKIND:group\nMEMBER:urn:uuid:1", "group"), ("NOTE:nobody", "name"), ("FN:Printer\nKIND:device", "device")]
    {
        let (rows, problems) = card(lines);
        assert_eq!((rows.len(), problems.len()), (0, 1), "{lines}");
        assert!(problems[0].message.contains(word), "{}", problems[0].message);
    }
    let (rows, _) = card("FN:\u{202e}Ann\u{7} Lee");
    assert_eq!((rows[0].person.name.full().as_str(), rows[0].left_out.len()), ("Ann Lee", 1));
}

#[test]
fn broken_books_lose_only_what_is_broken() {
    let book = "junk before\nBEGIN:VCARD\nFN:Ann Lee\nBEGIN:VCARD\nFN:Bob Lee\nAGENT:\nBEGIN:VCARD\nFN:The Agent\nBDAY:1900-01-01\nEND:VCARD\nBDAY:1980-04-12\nno colon here\n:x\nEND:VCARD\n\
                begin:vcard\nfn:Carl Lee\nAGENT:BEGIN:VCARD\\nFN:Other\\nEND:VCARD\nend:vcard\nBEGIN:VCARD\nFN:Dora Lee";
    let (rows, problems) = all(book, &Mapping::default());
    let names: Vec<String> = rows.iter().map(|r| r.person.name.full()).collect();
    assert_eq!(names, ["Ann Lee", "Bob Lee", "Carl Lee", "Dora Lee"]);
    assert_eq!(rows.iter().map(|r| r.line).collect::<Vec<_>>(), [2, 4, 15, 19]);
    assert_eq!(birthday(&rows[1]), "1980-04-12");
    assert_eq!(problems.iter().map(|p| (p.line, p.loss)).collect::<Vec<_>>(), [(1, Loss::Row)]);
    assert_eq!(rows[0].left_out.len(), 1);
    let (rows, problems) = all("FN:nobody\n", &Mapping::default());
    assert_eq!((rows.len(), problems.len()), (0, 2));
}

#[test]
fn a_card_of_any_size_takes_bounded_memory() {
    let mut book = String::from("BEGIN:VCARD\nFN:Ann Lee\nPHOTO;ENCODING=b:");
    book.push_str(&"A".repeat(3_000_000));
    book.push('\n');
    for _ in 0..40_000 {
        book.push_str("NOTE:a line of a note that repeats itself for ever and ever\n");
    }
    book.push_str("END:VCARD\nBEGIN:VCARD\nFN:Bob Lee\nEND:VCARD\n");
    let (rows, _) = all(book, &Mapping::default());
    assert_eq!(rows.len(), 2);
    assert!(rows[0].left_out.iter().any(|l| l.contains("too long")));
}
