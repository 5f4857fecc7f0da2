//! The touch points, each as the facts about customers have it.

use std::collections::BTreeMap;

use super::*;
use crate::person::Name;
use crate::touch::Touch;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn person(name: &str, birthday: &str) -> Person {
    Person { id: Id::of(name), name: Name::parse(name), birthday: birthday.parse().ok(), ..Person::default() }
}

/// A shop on paper: people with their touches, and cards.
struct Shop {
    people: Vec<Person>,
    touches: Vec<(usize, Touch)>,
    sent: Vec<Sent>,
    rules: Rules,
    post: Post,
}

impl Shop {
    fn of(people: &[Person]) -> Shop {
        let rules = Rules::new(&BTreeMap::new(), &[], None).unwrap();
        Shop { people: people.to_vec(), touches: Vec::new(), sent: Vec::new(), rules, post: Post::default() }
    }

    /// Ann, of whom only the name is known, and what happened with her.
    fn ann(touches: &[(&str, &str)]) -> Shop {
        let mut shop = Shop::of(&[person("Ann Lee", "")]);
        shop.touches = touches.iter().map(|(on, kind)| (0, Touch::new(day(on), kind, "words"))).collect();
        shop
    }

    fn sent(mut self, occasion: &str, made: &str, state: &str) -> Shop {
        let (made, key) = (day(made), made[..7].to_owned());
        let to = self.people[0].id.clone();
        self.sent.push(Sent { to, occasion: occasion.into(), key, day: made, made, state: state.into() });
        self
    }

    fn due_in(&self, from: &str, to: &str, today: &str) -> Vec<Due> {
        let stories = Stories::new(|at, marks| {
            marks.extend(self.touches.iter().filter(|t| t.0 == at).map(|t| self.rules.mark(1, &t.1)));
            marks.sort_by_key(|m| m.on);
            Some(())
        });
        let people: Vec<Party> = self.people.iter().map(Party::from).collect();
        let (sent, rules, post) = (&self.sent, &self.rules, &self.post);
        let affairs = Affairs { people: &people, stories: &stories, sent, rules, post, today: day(today) };
        due(&affairs, Window { from: day(from), to: day(to) })
    }

    /// As `wetink due` asks: kind, occasion, day, state.
    fn on(&self, today: &str) -> Vec<(&'static str, String, String, &'static str)> {
        let (from, to) = (day(today).plus(-14).to_string(), day(today).plus(45).to_string());
        let found = self.due_in(&from, &to, today);
        found.into_iter().map(|d| (d.kind.as_str(), d.occasion.to_string(), d.day.to_string(), d.state)).collect()
    }

    fn only(&self, today: &str) -> Due {
        let (from, to) = (day(today).plus(-14).to_string(), day(today).plus(45).to_string());
        let mut found = self.due_in(&from, &to, today);
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }
}

#[test]
fn post_by_counts_working_days_back() {
    let post = Post::default();
    assert_eq!(post.post_by(day("2026-12-12")), day("2026-12-07"));
    // A Sunday birthday must arrive on Saturday.
    assert_eq!(post.post_by(day("2026-12-13")), day("2026-12-07"));
    let christmas = Post { holidays: [day("2026-12-25"), day("2026-12-26")].into(), ..Post::default() };
    assert_eq!(christmas.post_by(day("2026-12-26")), day("2026-12-18"));
    let never = Post { closed: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(String::from).into(), ..Post::default() };
    assert!(never.post_by(day("2026-12-26")) < day("2026-01-01"));
    assert_eq!(post.after(day("2026-12-11"), 3), day("2026-12-15"), "Saturday is a day of post, Sunday is none");
    assert!(never.after(day("2026-12-11"), 3) > day("2027-01-01"), "a post that never works hangs nothing");
}

#[test]
fn leap_days_yearless_and_the_dead() {
    let mut gone = person("Gone Person", "--12-24");
    gone.status = Status::Deceased;
    let mut no = person("No Thanks", "--12-24");
    no.status = Status::DoNotContact;
    let shop = Shop::of(&[person("Leap Day", "2000-02-29"), person("No Year", "--03-02"), gone, no]);
    let found = shop.due_in("2027-02-20", "2027-03-10", "2027-02-20");
    let seen: Vec<_> = found.iter().map(|d| (d.to.as_str(), d.day.to_string(), d.why.as_str())).collect();
    assert_eq!(seen, [("leap-day", "2027-02-28".to_owned(), "turns 27"), ("no-year", "2027-03-02".to_owned(), "")]);
    let leap = shop.due_in("2028-02-20", "2028-03-10", "2028-02-20");
    assert_eq!(leap[0].day, day("2028-02-29"));
}

#[test]
fn a_posted_card_is_no_longer_owed() {
    let mut shop = Shop::of(&[person("Ann Lee", "--12-12")]);
    let mut sent = Sent {
        to: Id::of("Ann Lee"),
        occasion: "birthday".into(),
        key: "2026".into(),
        day: day("2026-12-12"),
        made: day("2026-12-01"),
        state: "printed".into(),
    };
    shop.sent = vec![sent.clone()];
    assert_eq!(shop.due_in("2026-12-01", "2026-12-31", "2026-12-01")[0].state, "printed");
    sent.state = "posted".into();
    shop.sent = vec![sent];
    assert!(shop.due_in("2026-12-01", "2026-12-31", "2026-12-01").is_empty());
}

#[test]
fn t1_an_enquiry_is_welcomed_within_three_working_days() {
    // Friday: Saturday, Monday, Tuesday.
    let shop = Shop::ann(&[("2026-12-04", "enquiry")]);
    assert_eq!(shop.on("2026-12-04"), [("card", "welcome".into(), "2026-12-08".into(), "planned")]);
    assert!(shop.sent("welcome", "2026-12-05", "posted").on("2026-12-06").is_empty());
}

#[test]
fn t2_a_click_is_never_a_card() {
    let clicks: Vec<(&str, &str)> = (0..50).map(|_| ("2026-12-04", "signal")).collect();
    assert!(Shop::ann(&clicks).on("2026-12-04").is_empty());
}

#[test]
fn t3_a_question_stands_before_birthdays_until_it_is_closed() {
    let mut shop = Shop::ann(&[("2026-12-04", "question")]);
    shop.people[0].birthday = "--12-05".parse().ok();
    let kinds = |shop: &Shop, today: &str| shop.on(today).into_iter().map(|d| d.1).collect::<Vec<_>>();
    assert_eq!(kinds(&shop, "2026-12-04"), ["question", "birthday"]);
    assert_eq!(kinds(&shop, "2027-02-04"), ["question"], "it doesn't go away by itself");
    let closes = Touch { closes: "question 2026-12-04".into(), ..Touch::new(day("2026-12-05"), "call", "") };
    shop.touches.push((0, closes));
    assert_eq!(kinds(&shop, "2026-12-05"), ["birthday"]);
}

#[test]
fn t4_t5_thanks_for_the_first_the_second_the_fifth_and_the_tenth() {
    let days: Vec<String> = (0..10).map(|n| day("2024-01-10").plus(n * 60).to_string()).collect();
    let mut thanked = Vec::new();
    for n in 0..10 {
        let touches: Vec<(&str, &str)> = days[..=n].iter().map(|d| (d.as_str(), "purchase")).collect();
        let due = Shop::ann(&touches).on(&days[n]);
        for (_, _, on, _) in due.iter().filter(|d| d.1 == "thank-you") {
            assert!(day(on).since(day(&days[n])) <= 7, "posted within a week");
            thanked.push(n + 1);
        }
    }
    assert_eq!(thanked, [1, 2, 5, 10]);
    let due = Shop::ann(&[("2026-10-01", "purchase"), ("2026-12-01", "purchase")]).only("2026-12-02");
    assert_eq!(due.why, "2nd purchase on 1 Dec 2026");
}

#[test]
fn t6_how_did_it_go_two_weeks_after_and_not_a_year() {
    let shop = Shop::ann(&[("2026-12-01", "service")]);
    assert_eq!(shop.on("2026-12-02"), [("card", "how-did-it-go".into(), "2026-12-15".into(), "planned")]);
    assert!(shop.on("2027-01-15").is_empty(), "missed is missed");
}

#[test]
fn t7_thanks_after_twelve_on_time_in_a_row() {
    let months: Vec<String> = (1..=12).map(|m| format!("2025-{m:02}-03")).collect();
    let paid = |n: usize| months[..n].iter().map(|d| (d.as_str(), "payment")).collect::<Vec<_>>();
    assert!(Shop::ann(&paid(11)).on("2025-11-04").is_empty());
    assert_eq!(Shop::ann(&paid(12)).on("2025-12-04").len(), 1);
    let mut broken = paid(12);
    broken.insert(5, ("2025-05-30", "late-payment"));
    assert!(Shop::ann(&broken).on("2025-12-04").is_empty());
}

#[test]
fn t8_t9_a_late_payment_is_a_call_and_never_a_card() {
    let shop = Shop::ann(&[("2026-12-01", "late-payment")]);
    let due = shop.only("2026-12-02");
    assert_eq!((due.kind, due.ask.len()), (Give::Call, 3));
    let again = Shop::ann(&[("2026-10-01", "late-payment"), ("2026-10-03", "call"), ("2026-12-01", "late-payment")]);
    let due = again.only("2026-12-02");
    assert_eq!(due.why, "2nd late-payment on 1 Dec 2026");
    let mut told = vec![due];
    put_words(&mut told, &BTreeMap::from([(1, "wanted to pay by card".to_owned())]));
    assert!(told[0].why.ends_with("last time: wanted to pay by card"), "{}", told[0].why);
    let called = Shop::ann(&[("2026-12-01", "late-payment"), ("2026-12-01", "call")]);
    assert!(called.on("2026-12-02").is_empty(), "called, and done with");
}

#[test]
fn t10_a_skipped_purchase_is_named_with_its_own_rhythm_once() {
    let monthly: Vec<String> = (0..8).map(|n| day("2026-03-01").plus(n * 30).to_string()).collect();
    let bought: Vec<(&str, &str)> = monthly.iter().map(|d| (d.as_str(), "purchase")).collect();
    let last = day(&monthly[7]);
    let shop = Shop::ann(&bought);
    assert!(shop.on(&last.plus(45).to_string()).is_empty(), "exactly 1.5 times is not yet over");
    let due = shop.only(&last.plus(47).to_string());
    assert_eq!((due.occasion.as_str(), due.why.as_str()), ("hello", "usually every 30 days, last 47 days ago"));
    assert!(shop.sent("hello", &last.plus(48).to_string(), "posted").on(&last.plus(50).to_string()).is_empty());
    let twice = Shop::ann(&[("2026-01-01", "purchase"), ("2026-02-01", "purchase")]);
    assert!(twice.on("2026-04-20").is_empty(), "two purchases are no rhythm");
}

#[test]
fn p8_the_few_longest_unheard_of_stay_the_same_all_month() {
    let mut shop = Shop::of(&["Ann Lee", "Bob Ray", "Cy Fox", "Di Orr", "Never Seen"].map(|n| person(n, "")));
    for (at, on) in ["2025-03-01", "2024-03-01", "2025-01-01", "2026-11-20"].into_iter().enumerate() {
        shop.touches.push((at, Touch::new(day(on), "visit", "")));
    }
    let names = |shop: &Shop, today: &str| {
        let found = shop.due_in("2026-12-01", "2027-01-31", today);
        found.into_iter().map(|d| d.to.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(&shop, "2026-12-01"), ["bob-ray", "cy-fox"]);
    assert_eq!(names(&shop, "2026-12-30"), ["bob-ray", "cy-fox"]);
    shop.touches.push((1, Touch::new(day("2026-12-10"), "talk", "")));
    assert_eq!(names(&shop, "2026-12-30"), ["cy-fox"], "heard from, and nobody moves up");
}

#[test]
fn p39_a_birthday_is_held_while_a_complaint_is_open_or_a_loss_is_fresh() {
    for (kind, why) in [("complaint", "complaint of 3 Nov 2026 is open"), ("loss", "loss on 3 Nov 2026")] {
        let mut shop = Shop::ann(&[("2026-11-03", kind)]);
        shop.people[0].birthday = "--12-12".parse().ok();
        let found = shop.due_in("2026-11-20", "2026-12-31", "2026-12-01");
        let birthday = found.iter().find(|d| d.occasion.as_str() == "birthday").unwrap();
        assert_eq!((birthday.state, birthday.held.as_str()), ("held", why));
    }
    let shop = Shop::ann(&[("2026-12-03", "loss")]);
    assert_eq!(shop.on("2026-12-03"), [("card", "condolence".into(), "2026-12-08".into(), "planned")]);
}

#[test]
fn p60_at_most_three_cards_a_year_and_a_question_before_the_third() {
    let mut shop = Shop::ann(&[("2026-06-01", "visit")]);
    shop.people[0].birthday = "--12-12".parse().ok();
    let shop = shop.sent("hello", "2026-02-01", "posted").sent("thank-you", "2026-07-01", "posted");
    assert_eq!(shop.only("2026-12-01").state, "planned", "she was here in between");
    let mut quiet = Shop::ann(&[]);
    quiet.people[0].birthday = "--12-12".parse().ok();
    let quiet = quiet.sent("hello", "2026-02-01", "posted").sent("thank-you", "2026-07-01", "posted");
    assert_eq!(quiet.only("2026-12-01").held, "2 cards since 1 Feb 2026 and no sign of life: ask them before the next");
    let shop = shop.sent("get-well", "2026-09-01", "answered");
    assert_eq!(shop.only("2026-12-01").held, "3 in a year are enough");
    assert_eq!(shop.only("2027-12-01").state, "planned", "a new year");
}

#[test]
fn p61_a_plan_is_due_before_its_day() {
    let mut shop = Shop::ann(&[]);
    shop.touches.push((0, Touch { until: Some(day("2026-12-31")), ..Touch::new(day("2026-09-01"), "plan", "a new car") }));
    assert_eq!(shop.on("2026-12-01"), [("call", "plan".into(), "2026-12-17".into(), "open")]);
    assert!(shop.on("2026-10-01").is_empty());
}

#[test]
fn p66_an_idea_that_was_taken_up_earns_a_card() {
    let mut shop = Shop::ann(&[("2026-06-01", "idea")]);
    assert!(shop.on("2026-12-01").iter().all(|d| d.1 != "your-idea"));
    shop.touches.push((0, Touch { closes: "idea 2026-06-01".into(), ..Touch::new(day("2026-12-01"), "done", "") }));
    assert_eq!(shop.on("2026-12-01")[0].1, "your-idea");
}

#[test]
fn a_kind_of_the_shops_own_needs_no_code() {
    let mut shop = Shop::ann(&[("2026-12-01", "fitting")]);
    assert!(shop.on("2026-12-02").is_empty());
    let own = toml::from_str("name = \"fitting\"\non = [\"fitting\"]\ngive = \"call\"\nafter = 3").unwrap();
    shop.rules = Rules::new(&BTreeMap::new(), &[own], None).unwrap();
    assert_eq!(shop.on("2026-12-02"), [("call", "fitting".into(), "2026-12-04".into(), "open")]);
}

#[test]
fn overdue_promises_come_first_and_the_dead_are_promised_nothing() {
    let mut shop = Shop::ann(&[("2026-12-01", "purchase")]);
    let promise = |on: &str, until: &str| Touch { until: Some(day(until)), ..Touch::new(day(on), "promise", "") };
    shop.touches.push((0, promise("2026-09-01", "2026-12-09")));
    shop.touches.push((0, promise("2026-09-02", "2026-09-10")));
    let seen = shop.on("2026-12-01");
    assert_eq!(seen.iter().map(|d| d.2.as_str()).collect::<Vec<_>>(), ["2026-09-10", "2026-12-09", "2026-12-08"]);
    shop.people[0].status = Status::DoNotContact;
    assert_eq!(shop.on("2026-12-01").len(), 2, "a promise is a promise, a card is none");
    shop.people[0].status = Status::Deceased;
    assert!(shop.on("2026-12-01").is_empty());
}
