//! Tables of other programs: every trap we know of, each read as its owner meant it.

use std::io::Cursor;

use wetink::day::Day;
use wetink::import::{Found, Happened, Loss, Mapping, Order, PastCard, Problem, Row, Wanted, read};
use wetink::person::Status;

fn today() -> Day {
    "2026-11-22".parse().unwrap()
}

fn all(bytes: impl Into<Vec<u8>>, wanted: Wanted, mapping: &Mapping) -> Vec<Found> {
    read("list.csv", Cursor::new(bytes.into()), wanted, mapping, today()).unwrap().collect()
}

fn people_and_problems(bytes: impl Into<Vec<u8>>, mapping: &Mapping) -> (Vec<Row>, Vec<Problem>) {
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for found in all(bytes, Wanted::People, mapping) {
        match found {
            Found::Person(row) => rows.push(*row),
            Found::Problem(problem) => problems.push(problem),
            other => panic!("{other:?}"),
        }
    }
    (rows, problems)
}

/// The people of a file without problems.
fn people(bytes: impl Into<Vec<u8>>) -> Vec<Row> {
    let (rows, problems) = people_and_problems(bytes, &Mapping::default());
    assert_eq!(problems, []);
    rows
}

fn birthday(row: &Row) -> String {
    row.person.birthday.map_or_else(|| "-".into(), |b| b.to_string())
}

fn birthdays(bytes: impl Into<Vec<u8>>) -> Vec<String> {
    people(bytes).iter().map(birthday).collect()
}

#[test]
fn the_plain_list_of_a_shop() {
    let rows = people(
        "given name,family name,birthday,street,city,region,postal code,country,e-mail,phone\n\
         Zoë,Łukasik,1980-04-12,\"1 Harbour Road\nFlat 2\",Kiel,SH,01234,Germany,zoe@example.com,+49 431 1\n\
         \n\
         Tom,Reed,,,,,,,,\n",
    );
    let zoe = &rows[0].person;
    assert_eq!((zoe.name.given.as_str(), zoe.name.family.as_str()), ("Zoë", "Łukasik"));
    assert_eq!(zoe.address.street, ["1 Harbour Road", "Flat 2"]);
    assert_eq!((zoe.address.postcode.as_str(), zoe.address.country.as_str()), ("01234", "DE"));
    assert_eq!((zoe.email.as_str(), zoe.phone.as_str()), ("zoe@example.com", "+49 431 1"));
    assert_eq!((rows[0].line, rows[1].line), (2, 5));
    assert!(rows[1].person.address.is_empty());
}

#[test]
fn earlier_cards() {
    let found = all(
        "to,occasion,date,note,ps\nAna López,birthday,2025-12-12,\"Ana, how is\nthe puppy?\",the laces came\nTom,,,,\n",
        Wanted::Cards,
        &Mapping::default(),
    );
    let Found::Card(card) = &found[0] else { panic!("{found:?}") };
    assert_eq!(
        **card,
        PastCard {
            line: 2,
            to: "Ana López".into(),
            occasion: "birthday".into(),
            day: Some("2025-12-12".parse().unwrap()),
            note: "Ana, how is\nthe puppy?".into(),
            ps: "the laces came".into(),
            ..PastCard::default()
        }
    );
    let Found::Problem(problem) = &found[1] else { panic!("{found:?}") };
    assert_eq!((problem.line, problem.loss), (4, Loss::Row));
}

#[test]
fn any_encoding_and_any_delimiter() {
    let text = "Vorname;Nachname;Geburtstag\nZoë;Straße;12.04.1980\n";
    let wide = |big: bool| -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    };
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let marked = |mark: &[u8], rest: Vec<u8>| [mark, &rest].concat();
    for (name, bytes) in [
        ("UTF-8", text.as_bytes().to_vec()),
        ("with BOM", marked(b"\xef\xbb\xbf", text.as_bytes().to_vec())),
        ("UTF-16 LE", marked(b"\xff\xfe", wide(false))),
        ("UTF-16 BE", marked(b"\xfe\xff", wide(true))),
        ("UTF-16 LE without BOM", wide(false)),
        ("UTF-16 BE without BOM", wide(true)),
        ("Windows-1252", latin),
        ("sep=", format!("sep=;\r\n{}", text.replace('\n', "\r\n")).into_bytes()),
        ("old Mac", text.replace('\n', "\r").into_bytes()),
        ("tabs", text.replace(';', "\t").into_bytes()),
        ("bars", text.replace(';', "|").into_bytes()),
        ("commas", text.replace(';', ",").into_bytes()),
        ("\"sep=\"", format!("\"sep=;\"\n{text}").into_bytes()),
    ] {
        let rows = people(bytes);
        assert_eq!(rows.len(), 1, "{name}");
        assert_eq!((rows[0].person.name.full().as_str(), birthday(&rows[0]).as_str()), ("Zoë Straße", "1980-04-12"), "{name}");
    }
}

#[test]
fn an_encoding_that_is_told() {
    let mapping = Mapping { charset: Some("windows-1250".into()), ..Mapping::default() };
    let (rows, _) = people_and_problems(b"Imi\xea;Nazwisko\nMa\xb3gorzata;\xafak\n".to_vec(), &mapping);
    assert_eq!(rows[0].person.name.full(), "Małgorzata Żak");
    let wrong = Mapping { charset: Some("klingon".into()), ..Mapping::default() };
    assert!(read("a", Cursor::new(b"name\nA\n".to_vec()), Wanted::People, &wrong, today()).is_err());
}

#[test]
fn the_column_says_which_is_the_month() {
    assert_eq!(birthdays("name,birthday\nA,03/04/1980\nB,25/12/1981\nC,5/6\n"), ["1980-04-03", "1981-12-25", "--06-05"]);
    assert_eq!(birthdays("name,birthday\nA,03/04/1980\nB,12/25/1981\nC,5/6\n"), ["1980-03-04", "1981-12-25", "--05-06"]);
    // Nobody writes the month first with full stops, and equal numbers are plain.
    assert_eq!(birthdays("name,birthday\nA,03.04.1980\nB,4.4.\nC,7/7/1990\n"), ["1980-04-03", "--04-04", "1990-07-07"]);
}

#[test]
fn what_the_column_cannot_say_is_asked_once() {
    let list = "name,birthday\nA,03/04/1980\nB,1981-12-25\nC,05/06/1990\n";
    let (rows, problems) = people_and_problems(list, &Mapping::default());
    assert_eq!(rows.iter().map(birthday).collect::<Vec<_>>(), ["-", "1981-12-25", "-"]);
    assert_eq!(problems.len(), 1);
    assert_eq!((problems[0].line, problems[0].loss), (2, Loss::Question));
    assert!(problems[0].message.contains("--dates dmy") && problems[0].message.contains("03/04/1980"), "{}", problems[0].message);
    assert_eq!(rows[0].left_out.len(), 1);
    for (order, first) in [(Order::DayFirst, "1980-04-03"), (Order::MonthFirst, "1980-03-04")] {
        let (rows, problems) = people_and_problems(list, &Mapping { dates: Some(order), ..Mapping::default() });
        assert_eq!((birthday(&rows[0]).as_str(), problems.len()), (first, 0));
    }
    // Both orders in one column: what is certain is taken, the rest is asked.
    let (rows, problems) = people_and_problems("name,birthday\nA,25/12/1980\nB,12/25/1981\nC,05/06/1990\n", &Mapping::default());
    assert_eq!(rows.iter().map(birthday).collect::<Vec<_>>(), ["1980-12-25", "1981-12-25", "-"]);
    assert_eq!(problems.len(), 1);
}

#[test]
fn years_that_are_none() {
    for (cell, want) in [
        ("1604-05-09", "--05-09"),
        ("1604-02-29", "--02-29"),
        ("0/0/00", "-"),
        ("0000-00-00", "-"),
        ("--04-12", "--04-12"),
        ("--0229", "--02-29"),
        ("1899-04-12", "--04-12"),
        ("2031-04-12", "--04-12"),
        ("12 April", "--04-12"),
        ("April 12th, 1980", "1980-04-12"),
        ("12-Apr-80", "1980-04-12"),
        ("12-Apr-14", "--04-12"),
        ("3. März 1980", "1980-03-03"),
        ("12 kwietnia 1980", "1980-04-12"),
        ("1er mai 1980", "1980-05-01"),
        ("12 de abril de 1980", "1980-04-12"),
        ("19800412", "1980-04-12"),
        ("1980-04-12T23:30:00-11:00", "1980-04-12"),
        ("13/04/1980 12:00:00 AM", "1980-04-13"),
        ("1980-02-30", "-"),
        ("1981-02-29", "-"),
        ("1980-05", "-"),
        ("---12", "-"),
        ("circa 1800", "-"),
        ("99/99/1980", "-"),
    ] {
        let (rows, problems) = people_and_problems(format!("name,birthday\nA,\"{cell}\"\n"), &Mapping::default());
        assert_eq!(problems, [], "{cell}");
        assert_eq!(birthday(&rows[0]), want, "{cell}");
    }
    for year in [1900, 1901, 1970] {
        let list = format!("name,birthday\nA,{year}-04-12\nB,{year}-05-13\n");
        let (rows, problems) = people_and_problems(list.clone(), &Mapping::default());
        assert_eq!((birthday(&rows[0]).as_str(), rows[0].left_out.len(), problems.len()), ("--04-12", 1, 1), "{year}");
        assert_eq!(problems[0].loss, Loss::Question);
        let (rows, problems) = people_and_problems(list, &Mapping { real_years: true, ..Mapping::default() });
        assert_eq!(
            (birthday(&rows[0]), problems.len()),
            (if year < 1916 { "--04-12".into() } else { format!("{year}-04-12") }, 0)
        );
    }
}

#[test]
fn days_on_which_computers_begin_are_no_birthdays() {
    for cell in ["1970-01-01", "1/1/1970", "1900-01-01", "0001-01-01", "1899-12-30"] {
        let (rows, _) = people_and_problems(format!("name,birthday\nA,{cell}\n"), &Mapping::default());
        assert_eq!((birthday(&rows[0]).as_str(), rows[0].left_out.len()), ("-", 1), "{cell}");
    }
    // Among people of 1969 and 1971, one of 1970 is real, and nobody is asked.
    assert_eq!(
        birthdays("name,birthday\nA,1969-03-05\nB,1970-04-12\nC,1971-03-04\n"),
        ["1969-03-05", "1970-04-12", "1971-03-04"]
    );
}

#[test]
fn town_and_postal_code_in_one_column() {
    for (list, city, region, postcode) in [
        ("Name;PLZ/Ort\nAnn Lee;24103 Kiel\n", "Kiel", "", "24103"),
        ("Name,\"City, State, ZIP\"\nAnn Lee,\"Baytown, LA 01234\"\n", "Baytown", "LA", "01234"),
        ("Name,City,Zip\nAnn Lee,24103 Kiel,1\n", "24103 Kiel", "", "1"),
        ("Name,City,Zip\nAnn Lee,Kiel,\"=\"\"01234\"\"\"\n", "Kiel", "", "01234"),
    ] {
        let address = people(list).remove(0).person.address;
        assert_eq!(
            (address.city.as_str(), address.region.as_str(), address.postcode.as_str()),
            (city, region, postcode),
            "{list}"
        );
    }
}

#[test]
fn a_couple_in_one_row_is_a_household() {
    let rows = people("First Name,Last Name,Household\nAnn & Bob,Lee,\nAndy,Reed,\nCarl,Ott,The Otts\n");
    let hints: Vec<Option<&str>> = rows.iter().map(|r| r.household.as_deref()).collect();
    assert_eq!(hints, [Some("Ann & Bob Lee"), None, Some("The Otts")]);
}

#[test]
fn one_bad_row_spoils_nothing() {
    let (rows, problems) = people_and_problems(
        "name,street,city\nAnn Lee,1 Road,Kiel\n,2 Road,Kiel\nBob,\"3 Road,Kiel\nCarl,4 Road, West,Kiel\nDora\nEve,5 Road,Kiel\n",
        &Mapping::default(),
    );
    let names: Vec<String> = rows.iter().map(|r| r.person.name.full()).collect();
    assert_eq!(names, ["Ann Lee", "Dora", "Eve"]);
    assert_eq!(rows.iter().map(|r| r.line).collect::<Vec<_>>(), [2, 6, 7]);
    let mut lost: Vec<(usize, Loss)> = problems.iter().map(|p| (p.line, p.loss)).collect();
    lost.sort_unstable();
    assert_eq!(lost, [(3, Loss::Row), (4, Loss::Row), (5, Loss::Row)]);
}

#[test]
fn names_and_cells_are_made_harmless() {
    let rows = people("name,postal code,phone,city\n\u{202e}Ann\u{0}\u{200b} Lee,'01234,'+49 431 1,  Bad   Oldesloe \n");
    assert_eq!(rows[0].person.name.full(), "Ann Lee");
    assert_eq!(rows[0].left_out.len(), 1);
    assert_eq!((rows[0].person.address.postcode.as_str(), rows[0].person.phone.as_str()), ("01234", "+49 431 1"));
    assert_eq!(rows[0].person.address.city, "Bad Oldesloe");
    let long = people(format!("name,city\nAnn {},Kiel\n", "x".repeat(5000)));
    assert!(long[0].person.name.full().chars().count() <= 200);
}

#[test]
fn names_in_one_column() {
    for (list, given, family) in [
        ("name\nAnn Lee\n", "Ann", "Lee"),
        ("name\n\"Lee, Ann\"\n", "Ann", "Lee"),
        ("Name;Vorname\nLee;Ann\n", "Ann", "Lee"),
        ("Name,Surname\nAnn,Lee\n", "Ann", "Lee"),
        ("Name,Surname\nAnn Lee,Lee\n", "Ann", "Lee"),
        ("Full name,Surname\nMrs Lee,Lee\n", "", "Lee"),
        ("Full name\n\"Ann Lee, PhD\"\n", "Ann", "Lee"),
        ("Name,First Name\nAnn Lee,Ann\n", "Ann", "Lee"),
        ("Nom;Prénom\nLee;Ann\n", "Ann", "Lee"),
        ("Nom\nAnn Lee\n", "Ann", "Lee"),
        ("Nombre;Apellidos\nAnn;Lee Díaz\n", "Ann", "Lee Díaz"),
        ("Nombre\nAnn Lee\n", "Ann", "Lee"),
        ("Voornaam;Tussenvoegsel;Achternaam\nAnn;van der;Lee\n", "Ann", "van der Lee"),
        ("Imię;Nazwisko\nAnn;Lee\n", "Ann", "Lee"),
        ("Customer full name,Phone\nAnn Lee (customer),123456\n", "Ann", "Lee"),
    ] {
        let rows = people(list);
        assert_eq!((rows[0].person.name.given.as_str(), rows[0].person.name.family.as_str()), (given, family), "{list}");
    }
    let rows = people("Title,First Name,Last Name,Suffix\nDr.,Ann,Lee,Jr\nShrimp Man,Bob,Gump,\n");
    assert_eq!(rows[0].person.name.full(), "Dr. Ann Lee Jr");
    assert_eq!((rows[1].person.name.full().as_str(), rows[1].facts[0].text.as_str()), ("Bob Gump", "Shrimp Man"));
    let rows = people("Company,First Name,Email\nLee & Sons,,a@example.com\n");
    assert!(rows[0].business);
    assert_eq!(rows[0].person.name.family, "Lee & Sons");
}

#[test]
fn google_old_and_new() {
    let old = people(
        "Name,Given Name,Additional Name,Family Name,Nickname,Birthday,Notes,Group Membership,E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Value,Address 1 - Type,Address 1 - Formatted,Address 1 - Street,Address 1 - City,Address 1 - Region,Address 1 - Postal Code,Address 1 - Country\n\
         Ann M Lee,Ann,M,Lee,Annie,--04-12,likes red,* myContacts ::: Regulars,* Home,ann@example.com ::: lee@example.com,1234567 ::: 7654321,Home,\"1 Road\nBaytown, LA 30314\",1 Road,Baytown,LA,30314,USA\n",
    );
    let ann = &old[0];
    assert_eq!((ann.person.name.given.as_str(), ann.person.name.spoken().as_str()), ("Ann M", "Annie"));
    assert_eq!(birthday(ann), "--04-12");
    assert_eq!(
        (ann.person.email.as_str(), ann.emails[0].as_str(), ann.phones[0].as_str()),
        ("ann@example.com", "lee@example.com", "7654321")
    );
    assert_eq!((ann.person.address.street[0].as_str(), ann.person.address.country.as_str()), ("1 Road", "US"));
    assert_eq!(ann.facts.iter().map(|f| f.text.as_str()).collect::<Vec<_>>(), ["Regulars", "likes red"]);
    let new = people(
        "First Name,Middle Name,Last Name,Phonetic First Name,File As,Organization Name,Organization Title,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,Address 1 - Label,Address 1 - Formatted,Event 1 - Label,Event 1 - Value\n\
         Ann,,Lee,,,Acme,Baker,1980-04-12,,,,Home,ann@example.com,Home,\"1 Road\nBaytown, LA 30314\nUSA\",Anniversary,2001-06-30\n",
    );
    let ann = &new[0];
    assert_eq!(ann.person.address.city, "Baytown");
    assert_eq!(ann.person.address.postcode, "30314");
    assert_eq!(ann.person.anniversary.map(|a| a.to_string()).as_deref(), Some("2001-06-30"));
    assert_eq!(ann.facts[0].text, "Baker, Acme");
}

#[test]
fn outlook_in_three_languages() {
    let list = |header: &str| {
        people(format!("{header}\nAnn,Lee,2 Office,Kiel,24103,1 Road,Flat 2,Bonn,53111,Deutschland,4/13/1980,ann@example.com\n"))
    };
    for header in [
        "First Name,Last Name,Business Street,Business City,Business Postal Code,Home Street,Home Street 2,Home City,Home Postal Code,Home Country/Region,Birthday,E-mail Address",
        "Vorname,Nachname,Straße geschäftlich,Ort geschäftlich,Postleitzahl geschäftlich,Straße privat,Straße privat 2,Ort privat,Postleitzahl privat,Land/Region privat,Geburtstag,E-Mail-Adresse",
        "Prénom,Nom,Rue (bureau),Ville (bureau),Code postal (bureau),Rue (domicile),Rue (domicile) 2,Ville (domicile),Code postal (domicile),Pays/Région (domicile),Anniversaire,Adresse de messagerie",
    ] {
        let ann = &list(header)[0].person;
        assert_eq!((ann.name.given.as_str(), ann.name.family.as_str()), ("Ann", "Lee"), "{header}");
        assert_eq!(ann.address.street, ["1 Road", "Flat 2"], "{header}");
        assert_eq!(
            (ann.address.city.as_str(), ann.address.postcode.as_str(), ann.address.country.as_str()),
            ("Bonn", "53111", "DE"),
            "{header}"
        );
        assert_eq!(ann.birthday.map(|b| b.to_string()).as_deref(), Some("1980-04-13"), "{header}");
        assert_eq!(ann.email, "ann@example.com", "{header}");
    }
}

#[test]
fn other_languages() {
    for header in [
        "Imię;Nazwisko;Data urodzenia;Ulica;Miasto;Kod pocztowy;Kraj;Telefon",
        "Voornaam;Achternaam;Geboortedatum;Straat;Woonplaats;Postcode;Land;Telefoon",
        "Nombre;Apellidos;Fecha de nacimiento;Dirección;Ciudad;Código postal;País;Teléfono",
        "Vorname;Nachname;Geburtsdatum;Straße;Ort;PLZ;Land;Telefon",
        "Prénom;Nom;Date de naissance;Adresse;Ville;Code postal;Pays;Téléphone",
        "first_name;surname;DOB;addr1;town;postcode;country;mobile",
        "FirstName;LastName;DateOfBirth;AddressLine1;City;ZipCode;Country;PhoneNumber",
    ] {
        let rows = people(format!("{header}\nAnn;Lee;13.04.1980;1 Road;Kiel;01234;Poland;123456\n"));
        let ann = &rows[0].person;
        assert_eq!(
            (
                ann.name.full().as_str(),
                birthday(&rows[0]).as_str(),
                ann.address.street.join("/").as_str(),
                ann.address.city.as_str(),
                ann.address.postcode.as_str(),
                ann.address.country.as_str(),
                ann.phone.as_str()
            ),
            ("Ann Lee", "1980-04-13", "1 Road", "Kiel", "01234", "PL", "123456"),
            "{header}"
        );
    }
}

#[test]
fn shops_and_tills() {
    let rows = people(
        "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Total Spent,Total Orders,Note,Tax Exempt,Tags,Birth date (customer.metafields.facts.birth_date)\n\
         '6895000,Ann,Lee,,no,Acme,1 Road,Flat 2,Baytown,LA,US,'01234,,'+1 555 1,12.00,1,loves boots,no,vip,1980-04-12\n",
    );
    let ann = &rows[0];
    assert_eq!(ann.key.as_ref().map(|k| (k.source.as_str(), k.number.as_str())), Some(("shopify", "6895000")));
    assert_eq!(
        (ann.person.address.organisation.as_str(), ann.person.address.region.as_str(), ann.person.address.postcode.as_str()),
        ("Acme", "LA", "01234")
    );
    assert_eq!(ann.person.address.street, ["1 Road", "Flat 2"]);
    assert_eq!(birthday(ann), "1980-04-12");
    let square = people(
        "Reference ID,First Name,Last Name,Email Address,Phone Number,Nickname,Company Name,Street Address 1,Street Address 2,City,State,Postal Code,Birthday,Memo,Square Customer ID,Transaction Count\n\
         ,Ann,Lee,a@example.com,'+15551,,,1 Road,,Baytown,LA,30314,04-12,,SQ1,3\n,Bob,Lee,,,,,,,,,,04-05-1980,,SQ2,1\n",
    );
    assert_eq!((birthday(&square[0]).as_str(), birthday(&square[1]).as_str()), ("--04-12", "1980-04-05"));
    assert_eq!(square[0].key.as_ref().map(|k| k.number.as_str()), Some("SQ1"));
    let books = people("NAME,BADDR1,BADDR2,BADDR3,EMAIL\nAnn Lee,Ann Lee,1 Road,\"Baytown, LA 30314\",a@example.com\n");
    assert_eq!((books[0].person.address.street.join("/").as_str(), books[0].person.address.city.as_str()), ("1 Road", "Baytown"));
    let linked = people(
        "Notes:\n\"When exporting, some e-mails, are missing.\"\n\nFirst Name,Last Name,URL,Email Address,Company,Position,Connected On\nAnn,Lee,https://x,,Acme,Baker,01 Jan 2020\n",
    );
    assert_eq!((linked[0].line, linked[0].person.name.full().as_str()), (5, "Ann Lee"));
}

#[test]
fn thunderbird_with_and_without_header() {
    let birds = people(
        "First Name,Last Name,Display Name,Nickname,Primary Email,Secondary Email,Home Address,Home Address 2,Home City,Home State,Home ZipCode,Home Country,Work Address,Work City,Birth Year,Birth Month,Birth Day,Screen Name\n\
         Ann,Lee,Ann Lee,,a@example.com,,1 Road,Flat 2,Kiel,SH,01234,Germany,9 Office,Bonn,1980,4,12,\nBob,Lee,Bob Lee,,,,,,,,,,,,,2,29,\n",
    );
    assert_eq!((birthday(&birds[0]).as_str(), birthday(&birds[1]).as_str()), ("1980-04-12", "--02-29"));
    assert_eq!(birds[0].person.address.street, ["1 Road", "Flat 2"]);
    let bare = people("John Doe,John,Doe,john@doe.invalid\nJane Doe,Jane,Doe,jane@doe.invalid\n");
    assert_eq!((bare.len(), bare[0].line, bare[1].person.email.as_str()), (2, 1, "jane@doe.invalid"));
}

#[test]
fn the_owner_says_what_the_columns_are() {
    let mut mapping = Mapping::default();
    mapping.add("Kd=id").unwrap();
    mapping.add("Wer=name").unwrap();
    mapping.source = Some("kasse".into());
    let (rows, problems) = people_and_problems("Kd;Wer;Ort\n007;Ann Lee;Kiel\n", &mapping);
    assert_eq!(problems, []);
    assert_eq!(rows[0].key.as_ref().map(|k| (k.source.as_str(), k.number.as_str())), Some(("kasse", "007")));
    let mut numbers = Mapping::default();
    numbers.add("1=name").unwrap();
    numbers.add("2 = city").unwrap();
    let (rows, _) = people_and_problems("Ann Lee;Kiel\nBob Lee;Bonn\n", &numbers);
    assert_eq!((rows.len(), rows[1].person.address.city.as_str()), (2, "Bonn"));
    assert!(Mapping::default().add("Kd").is_err());
    assert!(Mapping::default().add("Kd=shoesize").is_err());
    let kept: Mapping = serde_json::from_str(&serde_json::to_string(&mapping).unwrap()).unwrap();
    assert_eq!(kept, Mapping { named: Vec::new(), ..mapping });
}

#[test]
fn files_that_are_no_list_say_what_to_do() {
    for (bytes, hint) in [
        (&b""[..], "export"),
        (b"a,b,c\n1,2,3\n", "--map"),
        (b"street,city\n1 Road,Kiel\n", "--map"),
        (b"\n\n", "export"),
        (b"PK\x03\x04 a workbook", "CSV"),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "vCard"),
    ] {
        let trouble =
            read("list.csv", Cursor::new(bytes.to_vec()), Wanted::People, &Mapping::default(), today()).map(|_| ()).unwrap_err();
        assert!(trouble.hints.iter().any(|h| h.contains(hint)), "{trouble:?}");
    }
}

#[test]
fn those_who_must_not_be_written_to() {
    let rows = people("name,deceased,do not contact\nAnn,2020-05-09,\nBob,yes,\nCarl,,x\nDora,no,no\n");
    let statuses: Vec<Status> = rows.iter().map(|r| r.person.status).collect();
    assert_eq!(statuses, [Status::Deceased, Status::Deceased, Status::DoNotContact, Status::Contact]);
    assert_eq!(rows[0].person.status_on, "2020-05-09".parse().ok());
}

#[test]
fn a_death_written_behind_a_name_is_one() {
    let rows = people(
        "name,birthday\nGeorge Welburn (deceased),18/12/1930\n\"Lee, Ann (R.I.P.)\",\n† Ruth Ash,\nHelga Krause verstorben,\n\
         Jean Roux (décédé),\nRip Torn,\nMarie Died,\nBo (Bobby) Diaz,\n",
    );
    let told: Vec<(String, bool)> = rows.iter().map(|r| (r.person.name.full(), r.person.status == Status::Deceased)).collect();
    let dead = |name: &str| (name.to_owned(), true);
    let alive = |name: &str| (name.to_owned(), false);
    assert_eq!(
        told,
        [
            dead("George Welburn"),
            dead("Ann Lee"),
            dead("Ruth Ash"),
            dead("Helga Krause"),
            dead("Jean Roux"),
            alive("Rip Torn"),
            alive("Marie Died"),
            alive("Bo (Bobby) Diaz"),
        ]
    );
    assert!(rows[0].left_out.iter().any(|said| said.contains("George Welburn has died")), "{:?}", rows[0].left_out);
    let rows = people("name\nRuth Ash (†)\nAdam Nowak (zmarły)\nFoo () Bar\n");
    let told: Vec<(String, Status)> = rows.iter().map(|r| (r.person.name.full(), r.person.status)).collect();
    assert_eq!(told[..2], [("Ruth Ash".into(), Status::Deceased), ("Adam Nowak".into(), Status::Deceased)]);
    assert_eq!(told[2].1, Status::Contact, "an empty bracket is no death");
    let rows = people("first name,last name\nGeorge,Welburn (deceased)\n");
    assert_eq!((rows[0].person.name.full().as_str(), rows[0].person.status), ("George Welburn", Status::Deceased));
}

fn touches(bytes: impl Into<Vec<u8>>) -> Vec<Happened> {
    all(bytes, Wanted::Touches, &Mapping::default())
        .into_iter()
        .map(|found| match found {
            Found::Touch(touch) => *touch,
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn plain_touches() {
    let found = touches(
        "who,kind,date,text,amount\nAnn Lee,visit,2026-10-03,walking boots for Lisbon,\nann@example.com,,2026-10-04,,\"1.234,50 €\"\n",
    );
    assert_eq!(
        (found[0].who.name.as_str(), found[0].kind.as_str(), found[0].text.as_str()),
        ("Ann Lee", "visit", "walking boots for Lisbon")
    );
    assert_eq!(
        (found[1].kind.as_str(), found[1].amount.as_ref().map(|a| (a.cents, a.currency.as_str()))),
        ("purchase", Some((123_450, "EUR")))
    );
}

#[test]
fn rows_of_one_order_are_one_purchase() {
    let found = touches(
        "Name,Email,Financial Status,Paid at,Created at,Currency,Subtotal,Total,Lineitem quantity,Lineitem name,Lineitem price,Billing Name,Shipping Name,Phone,Id\n\
         #1001,a@example.com,paid,2026-10-03 10:00:00 +0200,2026-10-03 09:59:00 +0200,EUR,20,22.00,2,Laces,1.00,Ann Lee,Ann Lee,,99\n\
         #1001,a@example.com,,,,,,,1,Boots,18.00,,,,\n\
         #1002,b@example.com,paid,,2026-10-04 09:59:00 +0200,EUR,20,5.00,1,Polish,5.00,Bob Lee,,,98\n",
    );
    assert_eq!(found.len(), 2);
    let first = &found[0];
    assert_eq!(
        (first.who.name.as_str(), first.who.email.as_str(), first.kind.as_str()),
        ("Ann Lee", "a@example.com", "purchase")
    );
    assert_eq!((first.day.to_string().as_str(), first.text.as_str()), ("2026-10-03", "2 × Laces; Boots"));
    assert_eq!(first.amount.as_ref().map(|a| (a.cents, a.currency.as_str())), Some((2200, "EUR")));
    assert_eq!(first.key.as_ref().map(|k| (k.source.as_str(), k.number.as_str())), Some(("shopify", "#1001")));
    let square = touches(
        "Date,Time,Category,Item,Qty,Price Point Name,Gross Sales,Net Sales,Transaction ID,Customer ID,Customer Name,Customer Reference ID,Event Type\n\
         10/13/26,10:00,Shoes,Boots,1.0,Regular,$18.00,$18.00,T1,C1,Ann Lee,,Payment\n10/13/26,10:00,Shoes,Laces,2.0,Regular,$2.00,$2.00,T1,C1,Ann Lee,,Payment\n",
    );
    assert_eq!(
        (square.len(), square[0].text.as_str(), square[0].amount.as_ref().map(|a| a.cents)),
        (1, "Boots; 2 × Laces", Some(2000))
    );
    assert_eq!(square[0].who.key.as_ref().map(|k| (k.source.as_str(), k.number.as_str())), Some(("square", "C1")));
    let books = touches(
        "Lee Shoes\nTransaction List by Customer\nAll Dates\n\nDate,Transaction type,Num,Name,Memo/Description,Due date,Amount,Open balance\n\
         10/13/2026,Invoice,1007,Ann Lee,resoled boots,11/12/2026,\"1,045.00\",0.00\n10/20/2026,Payment,,Ann Lee,,,-45.00,\n",
    );
    assert_eq!(
        (books[0].kind.as_str(), books[0].amount.as_ref().map(|a| a.cents), books[1].kind.as_str()),
        ("invoice", Some(104_500), "payment")
    );
    assert_eq!(books[0].key.as_ref().map(|k| k.number.as_str()), Some("1007"));
}

#[test]
fn memory_stays_flat_and_a_hundred_thousand_rows_are_quick() {
    struct Endless(usize, Vec<u8>);
    impl std::io::Read for Endless {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            if self.1.is_empty() {
                self.1 = match self.0 {
                    0 => b"to,occasion,date,note\n".to_vec(),
                    n if n > 100_000 => return Ok(0),
                    n => format!("Person {n},birthday,2025-12-12,\"A note of its own, number {n}\"\n").into_bytes(),
                };
                self.0 += 1;
            }
            let len = out.len().min(self.1.len());
            out[..len].copy_from_slice(&self.1[..len]);
            self.1.drain(..len);
            Ok(len)
        }
    }
    let found = read("past.csv", Endless(0, Vec::new()), Wanted::Cards, &Mapping::default(), today()).unwrap();
    assert_eq!(found.filter(|f| matches!(f, Found::Card(c) if c.day.is_some())).count(), 100_000);
}
