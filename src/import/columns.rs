//! What the columns of other programs are called, in six languages, and what they are to us.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::trouble::Trouble;

use super::Wanted;
use super::clean::squeezed;

macro_rules! fields {
    ($($(#[doc = $doc:literal])+ $field:ident = $name:literal,)+) => {
        /// What a column of a table may be to us; the names are what `--map` takes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Field { $($(#[doc = $doc])+ #[serde(rename = $name)] $field,)+ }

        impl Field {
            /// Every field.
            pub const ALL: &'static [Field] = &[$(Field::$field),+];

            /// The name `--map` takes.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Field::$field => $name),+ }
            }
        }
    };
}

fields! {
    /// The whole name.
    Name = "name",
    /// Given name.
    Given = "given",
    /// Further given names.
    Middle = "middle",
    /// What stands before a family name: `van der`.
    Particle = "particle",
    /// Family name.
    Family = "family",
    /// What they are called.
    Called = "called",
    /// `Dr`, `Mrs`; or, in some programs, a job.
    Title = "title",
    /// `Jr`.
    Suffix = "suffix",
    /// Company.
    Company = "company",
    /// Job.
    Job = "job",
    /// Birthday.
    Birthday = "birthday",
    /// Its year, in a column of its own.
    BirthYear = "birth-year",
    /// Its month.
    BirthMonth = "birth-month",
    /// Its day.
    BirthDay = "birth-day",
    /// Wedding day.
    Anniversary = "anniversary",
    /// Day of death, or yes.
    Died = "died",
    /// Yes, if they asked not to be written to.
    NoMail = "do-not-contact",
    /// Street, one line.
    Street = "street",
    /// House number, in a column of its own.
    HouseNumber = "house-number",
    /// Post-office box.
    PoBox = "po-box",
    /// Town.
    City = "city",
    /// State, province, county.
    Region = "region",
    /// Postal code.
    Postcode = "postcode",
    /// Country.
    Country = "country",
    /// A whole address in one cell.
    Address = "address",
    /// E-mail.
    Email = "email",
    /// Phone.
    Phone = "phone",
    /// Customer number or UID.
    Id = "id",
    /// A remark.
    Remark = "remark",
    /// Husband, wife, partner.
    Spouse = "spouse",
    /// Children.
    Children = "children",
    /// Who sent them.
    ReferredBy = "referred-by",
    /// Hobby.
    Hobby = "hobby",
    /// Groups, labels, tags.
    Group = "group",
    /// Language.
    Language = "language",
    /// Household or family.
    Household = "household",
    /// What a yearly day of the next column is called.
    DayLabel = "day-label",
    /// A yearly day with a label.
    DayValue = "day",
    /// Why a card was sent.
    Occasion = "occasion",
    /// When it was sent or happened.
    Date = "date",
    /// The note of a card, or what happened in words.
    Note = "note",
    /// Postscript.
    Ps = "ps",
    /// Letter.
    Letter = "letter",
    /// What sort of thing happened.
    Kind = "kind",
    /// For how much.
    Amount = "amount",
    /// In which money.
    Currency = "currency",
    /// Number of the order or invoice.
    Order = "order",
    /// What was bought.
    Item = "item",
    /// How many.
    Quantity = "quantity",
    /// Not looked at.
    Ignore = "ignore",
}

impl Field {
    /// What it is called in a list of that sort: what happened is told in a `text`, and a card goes `to` somebody.
    #[must_use]
    pub fn called(self, wanted: Wanted) -> &'static str {
        match (self, wanted) {
            (Field::Note, Wanted::Touches) => "text",
            (Field::Name, Wanted::Touches) => "who",
            (Field::Name, Wanted::Cards) => "to",
            _ => self.name(),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Field {
    type Err = Trouble;

    fn from_str(text: &str) -> Result<Field, Trouble> {
        let key = squeezed(text);
        // As the columns of our own lists are called.
        match key.as_str() {
            "to" | "who" | "customer" => return Ok(Field::Name),
            "text" | "what" | "details" => return Ok(Field::Note),
            "when" => return Ok(Field::Date),
            _ => {}
        }
        Field::ALL.iter().copied().find(|field| squeezed(field.name()) == key).ok_or_else(|| {
            let names: Vec<&str> = Field::ALL.iter().map(|f| f.name()).collect();
            Trouble::usage(format!("`{text}` is no field a column can be")).hint(format!("the fields are {}", names.join(", ")))
        })
    }
}

/// Where an address or number belongs; the lowest that has anything is where a card is sent.
pub(super) type Place = u8;
/// Said nowhere, or home.
pub(super) const HOME: Place = 0;
/// First of `Address n`.
const NUMBERED: Place = 2;
const SHIPPING: Place = 1;
const BILLING: Place = 20;
const OTHER: Place = 30;
/// A place of work: the company's name belongs on it.
pub(super) const WORK: Place = 40;

const PEOPLE: &[(Field, &str)] = &[
    (
        Field::Name,
        "name fullname displayname contactname customername clientname wholename naam volledigenaam \
         nombrecompleto nombreyapellidos nomcomplet nometprenom nomprenom vollstandigername vollername \
         kunde kundenname klant klantnaam customer client cliente contact imieinazwisko imienazwisko \
         vorundnachname vorundzuname anzeigename nomaafficher guestname patient patientname member \
         membername customerfullname",
    ),
    (
        Field::Given,
        "given firstname givenname givennames firstnames first forename christianname fname vorname \
         vornamen rufname prenom prenoms nombre nombres nombredepila imie voornaam roepnaam",
    ),
    (
        Field::Middle,
        "middlename middle middleinitial additionalname weiterevornamen zweitervorname 2vorname \
         weiterervorname deuxiemeprenom segundonombre drugieimie tweedevoornaam mi",
    ),
    (Field::Particle, "particle tussenvoegsel tussenvoegsels namenszusatz namensvorsatz"),
    (
        Field::Family,
        "family lastname familyname surname surnames last lname nachname familienname zuname nom \
         nomdefamille apellido apellidos nazwisko achternaam familienaam",
    ),
    (
        Field::Called,
        "nickname called knownas preferredname spitzname surnom pseudonyme apodo bijnaam przydomek \
         pseudonim",
    ),
    (
        Field::Title,
        "title prefix nameprefix honorificprefix salutation anrede titel civilite titre tratamiento \
         tytul aanhef honorific courtesytitle",
    ),
    (Field::Suffix, "suffix namesuffix honorificsuffix suffixe sufijo achtervoegsel namenssuffix"),
    (
        Field::Company,
        "company companyname organization organisation organizationname organization1name org business \
         businessname firma firmenname unternehmen societe entreprise empresa compania nazwafirmy \
         bedrijf bedrijfsnaam employer",
    ),
    (
        Field::Job,
        "job jobtitle position occupation profession organizationtitle organization1title beruf role \
         profesion metier fonction puesto cargo stanowisko zawod functie beroep",
    ),
    (
        Field::Birthday,
        "birthday birthdate dateofbirth dob bday born birth geburtstag geburtsdatum geboren \
         anniversairedenaissance datedenaissance naissance anniversaire fechadenacimiento nacimiento \
         cumpleanos dataurodzenia urodziny geboortedatum verjaardag geburtstagdatum",
    ),
    (Field::BirthYear, "birthyear yearofbirth geburtsjahr anneedenaissance"),
    (Field::BirthMonth, "birthmonth monthofbirth geburtsmonat moisdenaissance"),
    (Field::BirthDay, "dayofbirth jourdenaissance"),
    (
        Field::Anniversary,
        "anniversary weddinganniversary weddingday weddingdate jahrestag hochzeitstag aniversario \
         anniversairedemariage trouwdag rocznica rocznicaslubu",
    ),
    (
        Field::Died,
        "died deceased dateofdeath deathdate deathday verstorben sterbedatum todestag decede datededeces \
         fallecido zmarl overleden",
    ),
    (Field::NoMail, "donotcontact donotmail nomail optout postaloptout donotsend donotpost keinepost werbesperre"),
    (
        Field::Street,
        "street streetaddress addr addressline line strasse strassehausnummer strassehausnr strasseundnummer strasseundnr strasseundhausnummer \
         strassenr rue calle ulica straat straatennummer addressstreet addressextendedaddress streetname \
         direccion adresse adres domicilio extendedaddress baddr saddr anschrift straatnaam apt \
         apartment addressline1 suite",
    ),
    (Field::HouseNumber, "housenumber hausnummer hausnr huisnummer numerdomu houseno nrdomu"),
    (Field::PoBox, "pobox postofficebox addresspobox postfach boitepostale postbus apartado"),
    (
        Field::City,
        "city plzort plzundort postcodecity codepostalville cpville citystatezip postcodewoonplaats town locality suburb ort stadt wohnort ville ciudad localidad poblacion miasto miejscowosc \
         plaats woonplaats stad posttown citytown towncity municipality commune",
    ),
    (
        Field::Region,
        "region state province county stateprovince provincecode stateregion bundesland kanton \
         bundeslandkanton departement depregion provincia estado comunidad wojewodztwo provincie \
         provincestate stateorprovince stateprovincecounty",
    ),
    (
        Field::Postcode,
        "postcode postalcode zip zipcode zippostalcode postzipcode plz postleitzahl codepostal cp \
         codigopostal kodpocztowy kod zippostcode postalzip postalzipcode eircode",
    ),
    (
        Field::Country,
        "country countryregion countrycode land landregion staat pays paysregion pais paisregion kraj \
         krajregion nation",
    ),
    (Field::Address, "address fulladdress addressformatted postaladdress mailingaddress homeaddress customeraddress"),
    (
        Field::Email,
        "email emailaddress primaryemail secondaryemail mail emails correo correoelectronico courriel \
         adressemail adressedemessagerie adresemail emailadres emailadresse mailadresse \
         adreselektroniczny pocztaelektroniczna",
    ),
    (
        Field::Phone,
        "phone telephone tel mobile mobilephone mobilenumber cell cellphone phonenumber primaryphone \
         telefon handy mobil telefonnummer telephoneportable portable mobiltelefon telefono movil \
         telefonokomorkowy komorka numertelefonu telefoon telefoonnummer mobiel phoneno mainphone \
         hauptnummer contactnumber rufnummer",
    ),
    (
        Field::Id,
        "id uid customerid customernumber customerno customerreferenceid squarecustomerid kundennr \
         kundennummer kdnr referenceid clientid numeroclient numerocliente idcliente numerklienta \
         idklienta klantnummer klantnr contactid accountnumber accountno guestid memberid patientid \
         externalid customercode",
    ),
    (
        Field::Remark,
        "notes note comments comment remark remarks memo notizen notiz bemerkung bemerkungen remarques \
         commentaires notas observaciones uwagi notatki notities opmerkingen customernotes customernote",
    ),
    (
        Field::Spouse,
        "spouse partner husband wife spousename ehepartner lebenspartner partnerin ehepartnerpartner \
         conjoint conyuge conyugue malzonek echtgenoot partnernaam",
    ),
    (Field::Children, "children kids kinder enfants hijos dzieci kinderen"),
    (Field::ReferredBy, "referredby referrer empfohlenvon recommandepar referidopor polecajacy doorverwezendoor"),
    (Field::Hobby, "hobby hobbies interests hobbys loisirs centredinteret aficiones passetemps zainteresowania"),
    (
        Field::Group,
        "groupmembership labels tags tag group groups categories category kategorien categorie etiquetas \
         grupy",
    ),
    (Field::Language, "language preferredlanguage sprache langue idioma jezyk taal locale"),
    (Field::Household, "household householdname familyunit haushalt foyer hogar gospodarstwo huishouden"),
];

const CARDS: &[(Field, &str)] = &[
    (Field::Name, "to recipient person who whom an empfanger destinataire destinatario odbiorca ontvanger"),
    (Field::Occasion, "occasion why reason anlass ocasion okazja gelegenheid kind type"),
    (Field::Date, "date sent senton datesent day when posted datum fecha data year"),
    (Field::Note, "note notes text message body words nachricht notiz texte mensaje texto tresc bericht tekst"),
    (Field::Ps, "ps postscript postskriptum"),
    (Field::Letter, "letter template design card brief vorlage"),
];

const TOUCHES: &[(Field, &str)] = &[
    (Field::Name, "who person to customer wer"),
    (Field::Kind, "kind type transactiontype eventtype activity event art genre tipo rodzaj soort"),
    (
        Field::Date,
        "date day on when orderdate invoicedate txndate transactiondate createdat created visitdate \
         datum fecha data rechnungsdatum bestelldatum purchasedate purchasedon visited",
    ),
    (Field::Note, "text note notes memo memodescription description details what comment beschreibung message"),
    (
        Field::Amount,
        "amount total totalamount totalcollected netsales grosssales price sum betrag summe montant \
         importe kwota bedrag ordertotal invoiceamount gesamt",
    ),
    (Field::Currency, "currency wahrung devise moneda waluta valuta currencycode"),
    (
        Field::Order,
        "order orderid orderno ordernumber invoice invoiceno invoicenumber num no transactionid receipt \
         receiptnumber bestellnummer rechnungsnummer rechnungsnr docnumber ticket",
    ),
    (
        Field::Item,
        "item items product productservice lineitemname artikel produkt article producto itemname \
         itemproductservice",
    ),
    (Field::Quantity, "quantity qty lineitemquantity menge anzahl quantite cantidad ilosc aantal itemquantity"),
];

/// Words in front of a column, or behind it, that say where it belongs.
const PLACES: &[(Place, &str)] = &[
    (
        HOME,
        "defaultaddress home private privat personal domicile primary particular thuis prive domowy \
         customer contact client kunden mailing postal guest patient",
    ),
    (SHIPPING, "shipping shipto ship delivery liefer recipient"),
    (BILLING, "billing billto bill rechnungs"),
    (
        WORK,
        "business work office company geschaftlich dienstlich firma bureau professionnel trabajo werk \
         zakelijk sluzbowy",
    ),
    (OTHER, "other weitere weiterer autre otro otra overige inny"),
];

fn listed(table: &[(Field, &str)], key: &str) -> Option<Field> {
    table.iter().find(|(_, names)| names.split(' ').any(|name| name == key)).map(|(field, _)| *field)
}

fn person_column(key: &str, depth: u8) -> Option<(Field, Place)> {
    if let Some(field) = listed(PEOPLE, key) {
        return Some((field, HOME));
    }
    if depth > 2 || key.is_empty() {
        return None;
    }
    // `Address 2 - Street`, `E-mail 1 - Value`, `Event 1 - Label`, `Relation 1 - Value` of Google.
    if let Some(rest) = key.strip_prefix("address") {
        let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let inner = &rest[number.len()..];
        if !number.is_empty() && !inner.is_empty() {
            if inner == "formatted" {
                return Some((Field::Address, NUMBERED + number.parse::<u8>().unwrap_or(9).min(9)));
            }
            return listed(PEOPLE, inner)
                .filter(|f| is_address(*f))
                .map(|f| (f, NUMBERED + number.parse::<u8>().unwrap_or(9).min(9)));
        }
    }
    let bare: String = key.chars().filter(|c| !c.is_ascii_digit()).collect();
    if let Some(rest) = bare.strip_suffix("value").filter(|_| bare.len() < key.len()) {
        return match rest {
            "event" => Some((Field::DayValue, HOME)),
            "relation" => Some((Field::Spouse, HOME)),
            "email" | "phone" => listed(PEOPLE, rest).map(|f| (f, HOME)),
            _ => None,
        };
    }
    if bare.len() < key.len() && ["eventlabel", "eventtype"].contains(&bare.as_str()) {
        return Some((Field::DayLabel, HOME));
    }
    if bare.len() < key.len() && !bare.is_empty() {
        // `Address 1` and `Address 2` are lines, one `Address` may be all of it.
        let found = person_column(&bare, depth + 1);
        return found.map(|(field, place)| (if field == Field::Address { Field::Street } else { field }, place));
    }
    let words = PLACES.iter().flat_map(|(place, words)| words.split(' ').map(move |word| (word, place)));
    words.into_iter().find_map(|(word, place)| {
        let rest = key.strip_prefix(word).or_else(|| key.strip_suffix(word))?;
        person_column(rest, depth + 1).map(|(field, inner)| (field, inner.max(*place)))
    })
}

/// A part of an address.
pub(super) fn is_address(field: Field) -> bool {
    matches!(
        field,
        Field::Street
            | Field::HouseNumber
            | Field::PoBox
            | Field::City
            | Field::Region
            | Field::Postcode
            | Field::Country
            | Field::Address
    )
}

/// What a column is, by its header.
pub(super) fn recognised(header: &str, wanted: Wanted) -> Option<(Field, Place)> {
    if header.len() > 80 {
        return None;
    }
    // A metafield of Shopify: `Birth date (customer.metafields.facts.birth_date)`.
    let inner = header.find("metafields.").and_then(|at| header[at..].trim_end_matches(')').rsplit('.').next());
    let key = squeezed(inner.unwrap_or(header));
    if key.is_empty() || ["emailtype", "phonetype"].contains(&key.as_str()) {
        return None;
    }
    let own = match wanted {
        Wanted::People => None,
        Wanted::Cards => listed(CARDS, &key),
        Wanted::Touches => listed(TOUCHES, &key),
    };
    own.map(|field| (field, HOME))
        .or_else(|| person_column(&key, 0))
        .filter(|(field, _)| wanted == Wanted::People || !matches!(field, Field::Birthday))
}

/// The columns of one table.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    /// Column, what it is and where it belongs, in the order of the file.
    all: Vec<(usize, Field, Place)>,
}

impl Columns {
    pub(super) fn new(all: Vec<(usize, Field, Place)>) -> Columns {
        Columns { all }
    }

    /// The columns of a field.
    pub(super) fn of(&self, field: Field) -> impl Iterator<Item = usize> {
        self.all.iter().filter(move |(_, f, _)| *f == field).map(|(at, _, _)| *at)
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, Field, Place)> {
        self.all.iter().copied()
    }
}
