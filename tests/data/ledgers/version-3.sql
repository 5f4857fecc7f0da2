PRAGMA application_id = 2004119147;
PRAGMA user_version = 3;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE household (
  id         TEXT PRIMARY KEY CHECK (id <> ''),
  salutation TEXT NOT NULL,
  address    TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE TABLE person (
  id          TEXT PRIMARY KEY CHECK (id <> ''),
  title       TEXT NOT NULL DEFAULT '',
  given       TEXT NOT NULL DEFAULT '',
  family      TEXT NOT NULL DEFAULT '',
  suffix      TEXT NOT NULL DEFAULT '',
  called      TEXT NOT NULL DEFAULT '',
  email       TEXT NOT NULL DEFAULT '',
  phone       TEXT NOT NULL DEFAULT '',
  address     TEXT NOT NULL DEFAULT '{}',
  birthday    TEXT CHECK (birthday GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' OR birthday GLOB '--[0-9][0-9]-[0-9][0-9]'),
  anniversary TEXT CHECK (anniversary GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' OR anniversary GLOB '--[0-9][0-9]-[0-9][0-9]'),
  language    TEXT NOT NULL DEFAULT '',
  household   TEXT REFERENCES household (id) ON UPDATE CASCADE,
  status      TEXT NOT NULL DEFAULT 'contact' CHECK (status IN ('contact', 'do-not-contact', 'deceased', 'undeliverable')),
  status_on   TEXT,
  -- A person who turned out to be somebody else's second entry stays, and says whose; `filled` is what they gave to that one.
  merged_into TEXT REFERENCES person (id) ON UPDATE CASCADE CHECK (merged_into <> id),
  merged_on   TEXT,
  filled      TEXT NOT NULL DEFAULT '{}',
  CHECK ((merged_into IS NULL) = (merged_on IS NULL))
) STRICT;
INSERT INTO person VALUES('ana-lopez','','Ana','López','','','ana@example.com','01947 555 101','{"street":["4 Quay Street"],"city":"Whitby","postcode":"YO21 1PU","country":"GB"}','1980-12-12',NULL,'',NULL,'contact',NULL,NULL,NULL,'{}');
INSERT INTO person VALUES('tom-reed','','Tom','Reed','','','tom@example.com','','{"street":["19 Church Lane"],"city":"Whitby","postcode":"YO22 4DT","country":"GB"}','--12-14',NULL,'',NULL,'contact',NULL,NULL,NULL,'{}');
INSERT INTO person VALUES('anna-lopez','','Anna','Lopez','','','a.lopez@example.com','','{}',NULL,NULL,'',NULL,'contact',NULL,'ana-lopez','2026-11-21','{"fields":{},"household":null}');
INSERT INTO person VALUES('zoe-lukasik','','Zoë','Łukasik','','','','','{"street":["2 Abbey View"],"city":"Whitby","postcode":"YO22 4JR","country":"GB"}','2000-12-20',NULL,'',NULL,'contact',NULL,NULL,NULL,'{}');
CREATE TABLE origin (
  source TEXT NOT NULL,
  key    TEXT NOT NULL,
  person TEXT NOT NULL REFERENCES person (id) ON UPDATE CASCADE ON DELETE CASCADE,
  -- Before a merge; in touch and card too.
  was    TEXT REFERENCES person (id) ON UPDATE CASCADE,
  PRIMARY KEY (source, key)
) STRICT, WITHOUT ROWID;
INSERT INTO origin VALUES('row','7f37a3ce53380ab8d3a391603c8af563','ana-lopez','anna-lopez');
INSERT INTO origin VALUES('row','9c33cbdbe687f9b336e69ddfdf31e32d','tom-reed',NULL);
INSERT INTO origin VALUES('row','acdaae77a694efbf149d0b68f36210ea','ana-lopez',NULL);
INSERT INTO origin VALUES('row','ae2525e24b4aeff752568bde162cecb4','zoe-lukasik',NULL);
CREATE TABLE touch (
  n      INTEGER PRIMARY KEY,
  person TEXT NOT NULL REFERENCES person (id) ON UPDATE CASCADE,
  kind   TEXT NOT NULL CHECK (kind <> ''),
  day    TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  text   TEXT NOT NULL DEFAULT '',
  until  TEXT,
  by     TEXT NOT NULL DEFAULT '',
  -- The open thread it closes, as kind and day: 'promise 2026-11-10'.
  closes TEXT NOT NULL DEFAULT '',
  origin TEXT UNIQUE,
  was    TEXT REFERENCES person (id) ON UPDATE CASCADE
) STRICT;
INSERT INTO touch VALUES(1,'ana-lopez','purchase','2026-10-03','walking boots for Lisbon',NULL,'','',NULL,NULL);
INSERT INTO touch VALUES(2,'ana-lopez','promise','2026-10-05','call when size 37 is in','2026-12-01','','',NULL,NULL);
INSERT INTO touch VALUES(3,'tom-reed','complaint','2026-11-01','the left heel came off',NULL,'','',NULL,NULL);
INSERT INTO touch VALUES(4,'zoe-lukasik','question','2026-11-10','are the red ones coming back?',NULL,'','',NULL,NULL);
INSERT INTO touch VALUES(5,'zoe-lukasik','call','2026-11-12','yes, in March',NULL,'','question 2026-11-10',NULL,NULL);
INSERT INTO touch VALUES(6,'ana-lopez','visit','2026-06-01','with her mother',NULL,'','',NULL,'anna-lopez');
CREATE TABLE batch (
  n      INTEGER PRIMARY KEY,
  id     TEXT NOT NULL UNIQUE,
  day    TEXT NOT NULL,
  sheet  TEXT NOT NULL,
  file   TEXT NOT NULL UNIQUE,
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  cards  INTEGER NOT NULL CHECK (cards > 0),
  state  TEXT NOT NULL CHECK (state IN ('building', 'ready', 'void'))
) STRICT;
INSERT INTO batch VALUES(1,'2026-12-a','2026-11-21','notes/2026-12.md','out/2026-12-a.pdf','f3503ccfe596beb0d8723a5d790181f6e34d4fc9ec67dec02de852721e13b5ea',1,'ready');
CREATE TABLE card (
  n         INTEGER PRIMARY KEY,
  id        TEXT NOT NULL UNIQUE CHECK (id <> ''),
  person    TEXT REFERENCES person (id) ON UPDATE CASCADE,
  household TEXT REFERENCES household (id) ON UPDATE CASCADE,
  who       TEXT GENERATED ALWAYS AS (coalesce(person, household)) VIRTUAL,
  occasion  TEXT NOT NULL CHECK (occasion <> ''),
  key       TEXT NOT NULL,
  day       TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  state     TEXT NOT NULL CHECK (state IN ('printed', 'posted', 'returned', 'answered')),
  note      TEXT NOT NULL CHECK (trim(note) <> ''),
  ps        TEXT NOT NULL DEFAULT '',
  because   TEXT NOT NULL DEFAULT '',
  imported  INTEGER NOT NULL DEFAULT 0 CHECK (imported IN (0, 1)),
  batch     INTEGER REFERENCES batch (n),
  number    INTEGER,
  made      TEXT NOT NULL DEFAULT '{}',
  was       TEXT REFERENCES person (id) ON UPDATE CASCADE,
  CHECK ((person IS NULL) <> (household IS NULL)),
  CHECK ((batch IS NULL) = (imported = 1))
) STRICT;
INSERT INTO card VALUES(1,'tom-reed-birthday-2025','tom-reed',NULL,'birthday','2025','2025-12-14','posted','Tom, the resoled brogues should see you up to the abbey and back all winter. Joan','','',1,NULL,NULL,'{}',NULL);
INSERT INTO card VALUES(2,'ana-lopez-birthday-2026','ana-lopez',NULL,'birthday','2026','2026-12-12','posted','Ana, Lisbon must have been kind to those boots; tell me which hill was the steepest.','','',0,1,1,'{"letter":"birthday-warm","hand":"Nothing You Could Do","manner":"natural","cover":"candles/brick/49394c997aaefeec","stock":"a6-4up"}',NULL);
CREATE TABLE card_event (
  n    INTEGER PRIMARY KEY,
  card INTEGER NOT NULL REFERENCES card (n) ON DELETE CASCADE,
  day  TEXT NOT NULL,
  what TEXT NOT NULL CHECK (what IN ('printed', 'reprinted', 'posted', 'returned', 'answered', 'corrected')),
  by   TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO card_event VALUES(1,2,'2026-11-21','printed','','');
INSERT INTO card_event VALUES(2,2,'2026-11-21','posted','Joan','');
CREATE TABLE suppression (
  mark TEXT PRIMARY KEY CHECK (length(mark) = 64),
  salt TEXT NOT NULL CHECK (length(salt) = 32),
  day  TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]')
) STRICT, WITHOUT ROWID;
CREATE TABLE operation (
  n       INTEGER PRIMARY KEY,
  day     TEXT NOT NULL,
  command TEXT NOT NULL
) STRICT;
INSERT INTO operation VALUES(1,'2026-11-21','wetink import people.csv');
INSERT INTO operation VALUES(2,'2026-11-21','wetink import past.csv --as cards');
INSERT INTO operation VALUES(3,'2026-11-21','wetink log ana purchase ''walking boots for Lisbon'' --on 2026-10-03');
INSERT INTO operation VALUES(4,'2026-11-21','wetink log ana promise ''call when size 37 is in'' --on 2026-10-05 --until 2026-12-01');
INSERT INTO operation VALUES(5,'2026-11-21','wetink log tom complaint ''the left heel came off'' --on 2026-11-01');
INSERT INTO operation VALUES(6,'2026-11-21','wetink log zoe question ''are the red ones coming back?'' --on 2026-11-10');
INSERT INTO operation VALUES(7,'2026-11-21','wetink log zoe call ''yes, in March'' --close question --on 2026-11-12');
INSERT INTO operation VALUES(8,'2026-11-21','wetink log anna-lopez visit ''with her mother'' --on 2026-06-01');
INSERT INTO operation VALUES(9,'2026-11-21','wetink print');
INSERT INTO operation VALUES(10,'2026-11-21','wetink posted 2026-12-a');
INSERT INTO operation VALUES(11,'2026-11-21','wetink person merge ana-lopez anna-lopez');
CREATE TABLE journal (
  n      INTEGER PRIMARY KEY,
  op     INTEGER NOT NULL REFERENCES operation (n) ON DELETE CASCADE,
  what   TEXT NOT NULL CHECK (what IN ('insert', 'update', 'delete')),
  name   TEXT NOT NULL,
  key    TEXT NOT NULL,
  before TEXT,
  CHECK ((before IS NULL) = (what = 'insert'))
) STRICT;
INSERT INTO journal VALUES(1,1,'insert','person','{"id":"ana-lopez"}',NULL);
INSERT INTO journal VALUES(2,1,'insert','origin','{"source":"row","key":"acdaae77a694efbf149d0b68f36210ea"}',NULL);
INSERT INTO journal VALUES(3,1,'insert','person','{"id":"tom-reed"}',NULL);
INSERT INTO journal VALUES(4,1,'insert','origin','{"source":"row","key":"9c33cbdbe687f9b336e69ddfdf31e32d"}',NULL);
INSERT INTO journal VALUES(5,1,'insert','person','{"id":"anna-lopez"}',NULL);
INSERT INTO journal VALUES(6,1,'insert','origin','{"source":"row","key":"7f37a3ce53380ab8d3a391603c8af563"}',NULL);
INSERT INTO journal VALUES(7,1,'insert','person','{"id":"zoe-lukasik"}',NULL);
INSERT INTO journal VALUES(8,1,'insert','origin','{"source":"row","key":"ae2525e24b4aeff752568bde162cecb4"}',NULL);
INSERT INTO journal VALUES(9,2,'insert','card','{"n":1}',NULL);
INSERT INTO journal VALUES(10,3,'insert','touch','{"n":1}',NULL);
INSERT INTO journal VALUES(11,4,'insert','touch','{"n":2}',NULL);
INSERT INTO journal VALUES(12,5,'insert','touch','{"n":3}',NULL);
INSERT INTO journal VALUES(13,6,'insert','touch','{"n":4}',NULL);
INSERT INTO journal VALUES(14,7,'insert','touch','{"n":5}',NULL);
INSERT INTO journal VALUES(15,8,'insert','touch','{"n":6}',NULL);
INSERT INTO journal VALUES(16,9,'insert','batch','{"n":1,"state":"building"}',NULL);
INSERT INTO journal VALUES(17,9,'insert','card','{"n":2}',NULL);
INSERT INTO journal VALUES(18,9,'insert','card_event','{"n":1}',NULL);
INSERT INTO journal VALUES(19,9,'update','card','{"n":2}','{"n":2,"id":"ana-lopez-birthday-2026","person":"ana-lopez","household":null,"occasion":"birthday","key":"2026","day":"2026-12-12","state":"printed","note":"Ana, Lisbon must have been kind to those boots; tell me which hill was the steepest.","ps":"","because":"","imported":0,"batch":1,"number":1,"made":"{\"letter\":\"birthday-warm\",\"hand\":\"Nothing You Could Do\",\"manner\":\"natural\",\"cover\":\"candles/brick/49394c997aaefeec\",\"stock\":\"a6-4up\"}","was":null}');
INSERT INTO journal VALUES(20,9,'update','batch','{"n":1,"state":"ready"}','{"n":1,"id":"2026-12-a","day":"2026-11-21","sheet":"notes/2026-12.md","file":"out/2026-12-a.pdf","sha256":"f3503ccfe596beb0d8723a5d790181f6e34d4fc9ec67dec02de852721e13b5ea","cards":1,"state":"building"}');
INSERT INTO journal VALUES(21,10,'insert','card_event','{"n":2}',NULL);
INSERT INTO journal VALUES(22,10,'update','card','{"n":2}','{"n":2,"id":"ana-lopez-birthday-2026","person":"ana-lopez","household":null,"occasion":"birthday","key":"2026","day":"2026-12-12","state":"printed","note":"Ana, Lisbon must have been kind to those boots; tell me which hill was the steepest.","ps":"","because":"","imported":0,"batch":1,"number":1,"made":"{\"letter\":\"birthday-warm\",\"hand\":\"Nothing You Could Do\",\"manner\":\"natural\",\"cover\":\"candles/brick/49394c997aaefeec\",\"stock\":\"a6-4up\"}","was":null}');
INSERT INTO journal VALUES(23,11,'update','person','{"id":"ana-lopez"}','{"id":"ana-lopez","title":"","given":"Ana","family":"López","suffix":"","called":"","email":"ana@example.com","phone":"01947 555 101","address":"{\"street\":[\"4 Quay Street\"],\"city\":\"Whitby\",\"postcode\":\"YO21 1PU\",\"country\":\"GB\"}","birthday":"1980-12-12","anniversary":null,"language":"","household":null,"status":"contact","status_on":null,"merged_into":null,"merged_on":null,"filled":"{}"}');
INSERT INTO journal VALUES(24,11,'update','touch','{"n":6}','{"n":6,"person":"anna-lopez","kind":"visit","day":"2026-06-01","text":"with her mother","until":null,"by":"","closes":"","origin":null,"was":null}');
INSERT INTO journal VALUES(25,11,'update','origin','{"source":"row","key":"7f37a3ce53380ab8d3a391603c8af563"}','{"source":"row","key":"7f37a3ce53380ab8d3a391603c8af563","person":"anna-lopez","was":null}');
INSERT INTO journal VALUES(26,11,'update','person','{"id":"anna-lopez"}','{"id":"anna-lopez","title":"","given":"Anna","family":"Lopez","suffix":"","called":"","email":"a.lopez@example.com","phone":"","address":"{}","birthday":null,"anniversary":null,"language":"","household":null,"status":"contact","status_on":null,"merged_into":null,"merged_on":null,"filled":"{}"}');
CREATE TABLE pen (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  op  INTEGER,
  may TEXT NOT NULL DEFAULT '' CHECK (may IN ('', 'void', 'erase', 'undo', 'move', 'index'))
) STRICT;
INSERT INTO pen VALUES(1,NULL,'');
CREATE TABLE fingerprint (
  hash INTEGER PRIMARY KEY,
  card INTEGER NOT NULL
) STRICT;
INSERT INTO fingerprint VALUES(-7848568165569698172,1);
INSERT INTO fingerprint VALUES(-7536673811590183277,2);
INSERT INTO fingerprint VALUES(-22070920330754048,2);
INSERT INTO fingerprint VALUES(791378788288124010,1);
CREATE TABLE echo (
  bucket INTEGER PRIMARY KEY,
  keys   BLOB NOT NULL
) STRICT;
INSERT INTO echo VALUES(1009,X'6e4e02');
INSERT INTO echo VALUES(1161,X'937e02');
INSERT INTO echo VALUES(1706,X'958c04');
INSERT INTO echo VALUES(2391,X'dc4f02');
INSERT INTO echo VALUES(2532,X'a8af04');
INSERT INTO echo VALUES(2950,X'f02302');
INSERT INTO echo VALUES(3647,X'336b04');
INSERT INTO echo VALUES(3736,X'0e3c04');
INSERT INTO echo VALUES(4227,X'773704');
INSERT INTO echo VALUES(5417,X'649002');
INSERT INTO echo VALUES(7296,X'ce5402');
INSERT INTO echo VALUES(12984,X'283002');
INSERT INTO echo VALUES(13084,X'293902');
INSERT INTO echo VALUES(14667,X'9fab04');
INSERT INTO echo VALUES(15570,X'f58c02');
INSERT INTO echo VALUES(15961,X'ddad04');
INSERT INTO echo VALUES(17437,X'680304');
INSERT INTO echo VALUES(17976,X'dc1e02');
INSERT INTO echo VALUES(18794,X'3cd102');
INSERT INTO echo VALUES(20127,X'248004');
INSERT INTO echo VALUES(20137,X'a04a02');
INSERT INTO echo VALUES(22569,X'b84502');
INSERT INTO echo VALUES(23850,X'391604');
INSERT INTO echo VALUES(25432,X'725404');
INSERT INTO echo VALUES(25683,X'6b3f04');
INSERT INTO echo VALUES(28241,X'0ebd02');
INSERT INTO echo VALUES(31190,X'1caa02');
INSERT INTO echo VALUES(31246,X'5eda02');
INSERT INTO echo VALUES(32591,X'69f302');
INSERT INTO echo VALUES(32700,X'92dc04');
INSERT INTO echo VALUES(33362,X'bacf04');
INSERT INTO echo VALUES(33806,X'660e04');
INSERT INTO echo VALUES(34060,X'fcd602');
INSERT INTO echo VALUES(36246,X'c4f202');
INSERT INTO echo VALUES(36776,X'34d804');
INSERT INTO echo VALUES(37080,X'668b04');
INSERT INTO echo VALUES(40864,X'b97f04');
INSERT INTO echo VALUES(41086,X'2bb004');
INSERT INTO echo VALUES(42976,X'618004');
INSERT INTO echo VALUES(47683,X'940002');
INSERT INTO echo VALUES(48869,X'ee7d02');
INSERT INTO echo VALUES(50468,X'f20002');
INSERT INTO echo VALUES(51564,X'2f3604');
INSERT INTO echo VALUES(52056,X'326802');
INSERT INTO echo VALUES(52082,X'267002');
INSERT INTO echo VALUES(57170,X'd77504');
INSERT INTO echo VALUES(57499,X'dd2402');
INSERT INTO echo VALUES(62831,X'75f502');
INSERT INTO echo VALUES(64907,X'1f2102');
CREATE TABLE term (
  stem  INTEGER PRIMARY KEY,
  notes INTEGER NOT NULL
) STRICT;
INSERT INTO term VALUES(-8604572023129177943,1);
INSERT INTO term VALUES(-8262099308361113181,1);
INSERT INTO term VALUES(-8225703905329717295,1);
INSERT INTO term VALUES(-7965333889902750268,1);
INSERT INTO term VALUES(-5920329510587258856,1);
INSERT INTO term VALUES(-5806371482881522428,1);
INSERT INTO term VALUES(-5653373869948074898,1);
INSERT INTO term VALUES(-4721428222851797165,1);
INSERT INTO term VALUES(-4487065005602459237,1);
INSERT INTO term VALUES(-4288375649704248101,1);
INSERT INTO term VALUES(-1888599981324261864,1);
INSERT INTO term VALUES(-1702361050253038446,2);
INSERT INTO term VALUES(143416213945664178,1);
INSERT INTO term VALUES(254324652235571962,2);
INSERT INTO term VALUES(1206987198255287701,1);
INSERT INTO term VALUES(1570188771778137913,1);
INSERT INTO term VALUES(2040402617296175890,1);
INSERT INTO term VALUES(2693630196867359815,1);
INSERT INTO term VALUES(3241841385188947414,1);
INSERT INTO term VALUES(3911492147362856979,1);
INSERT INTO term VALUES(3981548373721065291,1);
INSERT INTO term VALUES(4353423802482805169,1);
INSERT INTO term VALUES(4521430350582234138,1);
INSERT INTO term VALUES(5733911015882842535,1);
INSERT INTO term VALUES(6399610182832479357,1);
INSERT INTO term VALUES(6915372941072892989,1);
INSERT INTO term VALUES(7590970645109247172,1);
INSERT INTO term VALUES(7613604948591623942,1);
INSERT INTO term VALUES(8157576439718002502,1);
CREATE TABLE erased_note (
  n      INTEGER PRIMARY KEY AUTOINCREMENT,
  day    TEXT NOT NULL,
  traces BLOB NOT NULL
) STRICT;
CREATE TABLE echo_state (
  what  TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO echo_state VALUES('folding',3);
INSERT INTO echo_state VALUES('notes',2);
CREATE TABLE seal (
  name  TEXT NOT NULL,
  batch ANY  NOT NULL,
  sum   INTEGER NOT NULL,
  PRIMARY KEY (name, batch)
) STRICT, WITHOUT ROWID;
INSERT INTO seal VALUES('batch',0,-6940977364304527266);
INSERT INTO seal VALUES('card',0,-2960035745638076850);
INSERT INTO seal VALUES('card_event',0,7653365060813840639);
INSERT INTO seal VALUES('journal',0,-7521714846727411909);
INSERT INTO seal VALUES('operation',0,483382560663348150);
INSERT INTO seal VALUES('origin','ana-lopez',-3622586951254155953);
INSERT INTO seal VALUES('origin','tom-reed',-4894953667396697756);
INSERT INTO seal VALUES('origin','zoe-lukasik',-317738479573803869);
INSERT INTO seal VALUES('person','ana-lopez',-7664716125152921667);
INSERT INTO seal VALUES('person','anna-lopez',-1381165881619107627);
INSERT INTO seal VALUES('person','tom-reed',9116636158749359759);
INSERT INTO seal VALUES('person','zoe-lukasik',-6827839381337806323);
INSERT INTO seal VALUES('touch',0,5701543572993192044);
CREATE TABLE story (
  person TEXT PRIMARY KEY,
  marks  BLOB
) STRICT, WITHOUT ROWID;
INSERT INTO story VALUES('ana-lopez',X'341f1a4c030770726f6d69736508707572636861736505766973697408f0a65a0c04f8010901040272');
INSERT INTO story VALUES('tom-reed',X'ef0605ab0109636f6d706c61696e7400a2a95a06');
INSERT INTO story VALUES('zoe-lukasik',X'3e88f67c020463616c6c087175657374696f6e04b4a95a080204020103');
CREATE TABLE elsewhere (
  n INTEGER PRIMARY KEY REFERENCES batch (n) ON DELETE CASCADE
) STRICT;
DELETE FROM sqlite_sequence;
CREATE INDEX person_household ON person (household) WHERE household IS NOT NULL;
CREATE INDEX person_merged ON person (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX origin_person ON origin (person);
CREATE INDEX touch_person ON touch (person, day, kind, until, closes);
CREATE INDEX touch_was ON touch (was) WHERE was IS NOT NULL;
CREATE INDEX batch_building ON batch (state) WHERE state = 'building';
CREATE INDEX card_person ON card (person) WHERE person IS NOT NULL;
CREATE INDEX card_household ON card (household) WHERE household IS NOT NULL;
CREATE INDEX card_batch ON card (batch) WHERE batch IS NOT NULL;
CREATE UNIQUE INDEX card_note ON card (note, ps) WHERE imported = 0;
CREATE INDEX card_event_card ON card_event (card);
CREATE INDEX journal_op ON journal (op);
CREATE TRIGGER pen_stays BEFORE DELETE ON pen BEGIN SELECT raise(ABORT, 'the ledger needs its pen'); END;
CREATE TRIGGER card_event_stays BEFORE UPDATE ON card_event
  BEGIN SELECT raise(ABORT, 'the history of a card is only added to'); END;
CREATE TRIGGER card_event_is_kept BEFORE DELETE ON card_event WHEN (SELECT may FROM pen) = ''
  BEGIN SELECT raise(ABORT, 'the history of a card is only added to'); END;
CREATE TRIGGER card_event_is_not_replaced BEFORE INSERT ON card_event WHEN EXISTS (SELECT 1 FROM card_event WHERE n = new.n)
  BEGIN SELECT raise(ABORT, 'the history of a card is only added to'); END;
CREATE TRIGGER touch_stays BEFORE UPDATE OF kind, day, text ON touch
  WHEN (SELECT may FROM pen) = '' AND (old.kind <> new.kind OR old.day <> new.day OR old.text <> new.text)
  BEGIN SELECT raise(ABORT, 'what happened is corrected by a later entry, not rewritten'); END;
CREATE TRIGGER touch_is_kept BEFORE DELETE ON touch WHEN (SELECT may FROM pen) = ''
  BEGIN SELECT raise(ABORT, 'what happened is corrected by a later entry, not deleted'); END;
CREATE TRIGGER note_stays BEFORE UPDATE OF note, ps, occasion, day, imported ON card
  WHEN old.note <> new.note OR old.ps <> new.ps OR old.occasion <> new.occasion OR old.day <> new.day OR old.imported <> new.imported
  BEGIN SELECT raise(ABORT, 'a card that was made is not rewritten'); END;
CREATE TRIGGER card_is_kept BEFORE DELETE ON card WHEN (SELECT may FROM pen) = ''
  BEGIN SELECT raise(ABORT, 'a card that was made is not deleted'); END;
CREATE TRIGGER card_is_not_replaced BEFORE INSERT ON card WHEN EXISTS (SELECT 1 FROM card WHERE n = new.n OR id = new.id)
  BEGIN SELECT raise(ABORT, 'card.id is there already: a card that was made is not replaced'); END;
CREATE TRIGGER nobody_who_must_not BEFORE INSERT ON card
  WHEN new.imported = 0 AND (SELECT may FROM pen) <> 'move'
  AND ((new.person IS NOT NULL AND (SELECT status FROM person WHERE id = new.person) <> 'contact')
    OR (new.household IS NOT NULL AND NOT EXISTS (SELECT 1 FROM person WHERE household = new.household AND status = 'contact')))
  BEGIN SELECT raise(ABORT, 'this person must not get a card'); END;
CREATE TRIGGER suppression_is_kept BEFORE DELETE ON suppression WHEN (SELECT may FROM pen) = ''
  BEGIN SELECT raise(ABORT, 'who asked to be forgotten stays forgotten'); END;
CREATE INDEX fingerprint_erased ON fingerprint (card) WHERE card < 0;
CREATE TRIGGER fingerprint_stays BEFORE UPDATE ON fingerprint WHEN (SELECT may FROM pen) = ''
  BEGIN SELECT raise(ABORT, 'a note belongs to the ledger for ever'); END;
CREATE TRIGGER fingerprint_is_kept BEFORE DELETE ON fingerprint WHEN (SELECT may FROM pen) = ''
  BEGIN SELECT raise(ABORT, 'a note belongs to the ledger for ever'); END;
CREATE TRIGGER journal_household_insert AFTER insert ON household WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), 'insert', 'household', json_object('id', new."id"), NULL); END;
CREATE TRIGGER journal_household_update AFTER update ON household WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), 'update', 'household', json_object('id', new."id"), json_object('id', old."id", 'salutation', old."salutation", 'address', old."address")); END;
CREATE TRIGGER journal_household_delete AFTER delete ON household WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), 'delete', 'household', json_object('id', old."id"), json_object('id', old."id", 'salutation', old."salutation", 'address', old."address")); END;
CREATE TRIGGER journal_person_insert AFTER insert ON person WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), 'insert', 'person', json_object('id', new."id"), NULL); END;
CREATE TRIGGER journal_person_update AFTER update ON person WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), 'update', 'person', json_object('id', new."id"), json_object('id', old."id", 'title', old."title", 'given', old."given", 'family', old."family", 'suffix', old."suffix", 'called', old."called", 'email', old."email", 'phone', old."phone", 'address', old."address", 'birthday', old."birthday", 'anniversary', old."anniversary", 'language', old."language", 'household', old."household", 'status', old."status", 'status_on', old."status_on", 'merged_into', old."merged_into", 'merged_on', old."merged_on", 'filled', old."filled")); END;
CREATE TRIGGER journal_person_delete AFTER delete ON person WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), 'delete', 'person', json_object('id', old."id"), json_object('id', old."id", 'title', old."title", 'given', old."given", 'family', old."family", 'suffix', old."suffix", 'called', old."called", 'email', old."email", 'phone', old."phone", 'address', old."address", 'birthday', old."birthday", 'anniversary', old."anniversary", 'language', old."language", 'household', old."household", 'status', old."status", 'status_on', old."status_on", 'merged_into', old."merged_into", 'merged_on', old."merged_on", 'filled', old."filled")); END;
CREATE TRIGGER journal_origin_insert AFTER insert ON origin WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), 'insert', 'origin', json_object('source', new."source", 'key', new."key"), NULL); END;
CREATE TRIGGER journal_origin_update AFTER update ON origin WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), 'update', 'origin', json_object('source', new."source", 'key', new."key"), json_object('source', old."source", 'key', old."key", 'person', old."person", 'was', old."was")); END;
CREATE TRIGGER journal_origin_delete AFTER delete ON origin WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), 'delete', 'origin', json_object('source', old."source", 'key', old."key"), json_object('source', old."source", 'key', old."key", 'person', old."person", 'was', old."was")); END;
CREATE TRIGGER journal_touch_insert AFTER insert ON touch WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), 'insert', 'touch', json_object('n', new."n"), NULL); END;
CREATE TRIGGER journal_touch_update AFTER update ON touch WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), 'update', 'touch', json_object('n', new."n"), json_object('n', old."n", 'person', old."person", 'kind', old."kind", 'day', old."day", 'text', old."text", 'until', old."until", 'by', old."by", 'closes', old."closes", 'origin', old."origin", 'was', old."was")); END;
CREATE TRIGGER journal_touch_delete AFTER delete ON touch WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), 'delete', 'touch', json_object('n', old."n"), json_object('n', old."n", 'person', old."person", 'kind', old."kind", 'day', old."day", 'text', old."text", 'until', old."until", 'by', old."by", 'closes', old."closes", 'origin', old."origin", 'was', old."was")); END;
CREATE TRIGGER journal_batch_insert AFTER insert ON batch WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), 'insert', 'batch', json_object('n', new."n", 'state', new."state"), NULL); END;
CREATE TRIGGER journal_batch_update AFTER update ON batch WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), 'update', 'batch', json_object('n', new."n", 'state', new."state"), json_object('n', old."n", 'id', old."id", 'day', old."day", 'sheet', old."sheet", 'file', old."file", 'sha256', old."sha256", 'cards', old."cards", 'state', old."state")); END;
CREATE TRIGGER journal_batch_delete AFTER delete ON batch WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), 'delete', 'batch', json_object('n', old."n", 'state', old."state"), json_object('n', old."n", 'id', old."id", 'day', old."day", 'sheet', old."sheet", 'file', old."file", 'sha256', old."sha256", 'cards', old."cards", 'state', old."state")); END;
CREATE TRIGGER journal_card_insert AFTER insert ON card WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), 'insert', 'card', json_object('n', new."n"), NULL); END;
CREATE TRIGGER journal_card_update AFTER update ON card WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), 'update', 'card', json_object('n', new."n"), json_object('n', old."n", 'id', old."id", 'person', old."person", 'household', old."household", 'occasion', old."occasion", 'key', old."key", 'day', old."day", 'state', old."state", 'note', old."note", 'ps', old."ps", 'because', old."because", 'imported', old."imported", 'batch', old."batch", 'number', old."number", 'made', old."made", 'was', old."was")); END;
CREATE TRIGGER journal_card_delete AFTER delete ON card WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), 'delete', 'card', json_object('n', old."n"), json_object('n', old."n", 'id', old."id", 'person', old."person", 'household', old."household", 'occasion', old."occasion", 'key', old."key", 'day', old."day", 'state', old."state", 'note', old."note", 'ps', old."ps", 'because', old."because", 'imported', old."imported", 'batch', old."batch", 'number', old."number", 'made', old."made", 'was', old."was")); END;
CREATE TRIGGER journal_card_event_insert AFTER insert ON card_event WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), 'insert', 'card_event', json_object('n', new."n"), NULL); END;
CREATE TRIGGER journal_card_event_update AFTER update ON card_event WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), 'update', 'card_event', json_object('n', new."n"), json_object('n', old."n", 'card', old."card", 'day', old."day", 'what', old."what", 'by', old."by", 'text', old."text")); END;
CREATE TRIGGER journal_card_event_delete AFTER delete ON card_event WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), 'delete', 'card_event', json_object('n', old."n"), json_object('n', old."n", 'card', old."card", 'day', old."day", 'what', old."what", 'by', old."by", 'text', old."text")); END;
CREATE TRIGGER journal_suppression_insert AFTER insert ON suppression WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), 'insert', 'suppression', json_object('mark', new."mark"), NULL); END;
CREATE TRIGGER journal_suppression_update AFTER update ON suppression WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), 'update', 'suppression', json_object('mark', new."mark"), json_object('mark', old."mark", 'salt', old."salt", 'day', old."day")); END;
CREATE TRIGGER journal_suppression_delete AFTER delete ON suppression WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), 'delete', 'suppression', json_object('mark', old."mark"), json_object('mark', old."mark", 'salt', old."salt", 'day', old."day")); END;
CREATE TRIGGER fingerprint_is_not_replaced BEFORE INSERT ON fingerprint WHEN EXISTS (SELECT 1 FROM fingerprint WHERE hash = new.hash)
  BEGIN SELECT raise(ABORT, 'a note belongs to the ledger for ever'); END;
CREATE TRIGGER touch_is_not_replaced BEFORE INSERT ON touch WHEN EXISTS (SELECT 1 FROM touch WHERE n = new.n)
  BEGIN SELECT raise(ABORT, 'what happened is corrected by a later entry, not replaced'); END;
CREATE TRIGGER batch_stays BEFORE UPDATE OF n, id, day, sheet, file, sha256, cards ON batch WHEN (SELECT may FROM pen) = ''
  BEGIN SELECT raise(ABORT, 'a batch that was printed is not rewritten'); END;
CREATE TRIGGER batch_is_kept BEFORE DELETE ON batch WHEN (SELECT may FROM pen) = ''
  BEGIN SELECT raise(ABORT, 'a batch that was printed is not deleted'); END;
CREATE TRIGGER batch_is_not_replaced BEFORE INSERT ON batch WHEN EXISTS (SELECT 1 FROM batch WHERE n = new.n OR id = new.id OR file = new.file)
  BEGIN SELECT raise(ABORT, 'a batch that was printed is not replaced'); END;
CREATE TRIGGER suppression_stays BEFORE UPDATE ON suppression WHEN (SELECT may FROM pen) = ''
  BEGIN SELECT raise(ABORT, 'who asked to be forgotten stays forgotten'); END;
CREATE TRIGGER erased_note_stays BEFORE UPDATE ON erased_note
  BEGIN SELECT raise(ABORT, 'a note belongs to the ledger for ever'); END;
CREATE TRIGGER erased_note_is_kept BEFORE DELETE ON erased_note WHEN (SELECT may FROM pen) = ''
  BEGIN SELECT raise(ABORT, 'a note belongs to the ledger for ever'); END;
CREATE TRIGGER person_is_not_replaced BEFORE INSERT ON person WHEN EXISTS (SELECT 1 FROM person WHERE id = new.id)
  BEGIN SELECT raise(ABORT, 'person.id is there already'); END;
CREATE INDEX story_dropped ON story (person) WHERE marks IS NULL;
CREATE INDEX touch_thread ON touch (person, kind, closes) WHERE kind = 'promise' OR closes <> '';
CREATE TRIGGER story_of_new_touch AFTER INSERT ON touch BEGIN
  UPDATE story SET marks = NULL WHERE person = new.person AND marks IS NOT NULL;
  INSERT INTO story (person) SELECT new.person WHERE NOT EXISTS (SELECT 1 FROM story WHERE person = new.person);
END;
CREATE TRIGGER story_of_changed_touch AFTER UPDATE OF n, person, kind, day, until, closes ON touch BEGIN
  UPDATE story SET marks = NULL WHERE person IN (old.person, new.person) AND marks IS NOT NULL;
  INSERT INTO story (person) SELECT new.person WHERE NOT EXISTS (SELECT 1 FROM story WHERE person = new.person);
END;
CREATE TRIGGER story_of_deleted_touch AFTER DELETE ON touch BEGIN
  UPDATE story SET marks = NULL WHERE person = old.person AND marks IS NOT NULL;
END;
CREATE TRIGGER story_of_deleted_person AFTER DELETE ON person BEGIN
  DELETE FROM story WHERE person = old.id;
END;
CREATE INDEX card_glance ON card (day, n, person, household, occasion, key, state, batch);
COMMIT;
