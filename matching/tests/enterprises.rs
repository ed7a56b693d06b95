//! Enterprises of several records, of one website, and what people's answers move.

use matching::{Corpus, Explanation, Field, Index, Model, Record};

#[allow(dead_code)]
mod elsewhere;

fn index(records: &[Record<'_>]) -> Index {
    let others = ["Northern Gate Foods Inc.", "Ondara Hydrogen", "Lion Rock Batteries", "Peak Biologics AG"];
    let mut corpus = Corpus::default();
    for (nth, name) in others.into_iter().enumerate() {
        corpus.push(&Record { id: format!("other {nth}").into(), name: name.into(), ..Record::default() });
    }
    corpus.extend(records);
    Index::new(corpus, Model::default())
}

fn name(text: &str) -> Record<'_> {
    Record { name: text.into(), ..Record::default() }
}

/// Records of one enterprise: one for each number.
fn numbered<'a>(key: &str, held: &Record<'a>, numbers: &[String]) -> Vec<Record<'a>> {
    let of = |(nth, number): (usize, &String)| Record {
        id: if nth == 0 { key.to_owned() } else { format!("{key}.{nth}") }.into(),
        registration_number: number.clone().into(),
        further: nth > 0,
        ..held.clone()
    };
    numbers.iter().enumerate().map(of).collect()
}

fn told(index: &Index, asked: &Record<'_>) -> Vec<Explanation> {
    index
        .find(asked, 9, 0.0)
        .into_iter()
        .filter(|hit| hit.id.starts_with("kestrel"))
        .map(|hit| hit.explanation)
        .collect()
}

#[test]
fn a_name_is_recognised_alike_however_many_numbers_there_are() {
    let held = Record { name: "Kestrelworks Limited".into(), website: "kestrelworks.test".into(), ..Record::default() };
    let numbers: Vec<String> = (0..13).map(|nth| format!("77{nth:02}1{nth:02}9")).collect();
    let one = index(&numbered("kestrel", &held, &numbers[..1]));
    let many = index(&numbered("kestrel", &held, &numbers));
    let asked = name("Kestrelworks");
    assert_eq!(told(&one, &asked).len(), 1);
    assert_eq!(told(&many, &asked), told(&one, &asked), "answered once, with the same weights");
    // So it is when the records come later, and when they are taken in anew.
    let mut later = index(&[]);
    for _ in 0..2 {
        numbered("kestrel", &held, &numbers).iter().for_each(|record| later.put(record));
        assert_eq!(told(&later, &asked), told(&one, &asked));
    }
    for record in numbered("kestrel", &held, &numbers) {
        assert!(later.remove(&record.id));
    }
    numbered("kestrel", &held, &numbers[..1]).iter().for_each(|record| later.put(record));
    assert_eq!(told(&later, &asked), told(&one, &asked), "nothing of those dropped is counted");
    for number in &numbers {
        let by_number = told(&many, &Record { registration_number: number.clone().into(), ..Record::default() });
        assert!(by_number[0].probability > 0.4, "{number}: {by_number:?}");
    }
}

#[test]
fn one_website_is_a_hit_and_differing_names_still_differ() {
    let held = Record {
        id: "kestrel".into(),
        name: "Kestrelworks".into(),
        website: "kestrelworks.test".into(),
        ..Record::default()
    };
    let index = index(&[held]);
    let site = |name: &'static str| Record {
        name: name.into(),
        website: "https://www.kestrelworks.test/en".into(),
        ..Record::default()
    };
    let hits = index.find(&site(""), 9, 0.05);
    assert_eq!(hits.len(), 1);
    assert!(hits[0].explanation.reasons.iter().all(|reason| reason.field == Field::Website), "{hits:?}");
    let hits = index.find(&site("Zwetschgenbaum Pumps"), 9, 0.9999);
    assert_eq!(hits.len(), 1, "found, however unlikely");
    let name = &hits[0].explanation.reasons[0];
    assert_eq!((name.field, name.level), (Field::Name, "different"));
    assert!(name.weight < -2.0, "{hits:?}");
    // What many share says nothing.
    let shared = Record { website: "https://www.linkedin.com/company/kestrelworks".into(), ..Record::default() };
    assert!(index.find(&shared, 9, 0.05).is_empty());
}

#[test]
fn the_script_of_a_name_alone_tells_no_country() {
    let kestrel = |name: &'static str| Record { id: "kestrel".into(), name: name.into(), ..Record::default() };
    let country = |held: &'static str, asked: &'static str| {
        let index = index(&[Record { other_name: "화웨이".into(), ..kestrel(held) }]);
        let hits = told(&index, &name(asked));
        let reasons = hits.into_iter().flat_map(|hit| hit.reasons);
        reasons.filter(|reason| reason.field == Field::Country).map(|reason| reason.values).collect::<Vec<_>>()
    };
    assert_eq!(country("ファーウェイ", "화웨이"), []);
    assert_eq!(country("ファーウェイ", "화웨이 주식회사"), []);
    assert_eq!(country("ファーウェイ株式会社", "화웨이 주식회사"), [("KR".to_owned(), "JP".to_owned())]);
}

#[test]
fn how_common_sameness_is_moves_no_further_than_answers_bear_out() {
    let rows = elsewhere::rows(400, 5, &elsewhere::OFFICES);
    let mut corpus = Corpus::default();
    for row in &rows {
        let [id, name, other_name, country, ..] = row.fields.each_ref().map(String::as_str);
        corpus.push(&Record {
            id: id.into(),
            name: name.into(),
            other_name: other_name.into(),
            country: country.into(),
            ..Record::default()
        });
    }
    let index = Index::new(corpus, Model::default());
    let prior = |model: &Model| {
        let mut all = Corpus::default();
        all.extend(&[name("One"), name("Other")]);
        all.explain(model, 0, 1).prior
    };
    let questions = index.questions(60, &[], |_, _| true).expect("questions");
    let answered = |count: usize, same: bool| {
        let pairs = questions.iter().take(count).map(|question| (question.ids.0.clone(), question.ids.1.clone(), same));
        pairs.collect::<Vec<_>>()
    };
    let moved = |answers: &[(String, String, bool)]| {
        prior(&index.learn(answers, |_, _| true).expect("a model")) - prior(index.model())
    };
    assert!(moved(&[]).abs() < 1e-9, "nothing was said: {}", moved(&[]));
    let (few, many) = (moved(&answered(3, false)), moved(&answered(60, false)));
    assert!((-0.5..=0.0).contains(&few), "three answers: {few}");
    assert!((-4.0..=few).contains(&many), "sixty answers: {many}");
    assert!(moved(&answered(60, true)) >= 0.0);
}

#[test]
fn a_model_is_judged_on_pairs() {
    let held = name("Kestrelworks Limited");
    let numbers = ["7700001".to_owned(), "8800002".to_owned()];
    let mut records = numbered("kestrel", &held, &numbers);
    records.push(Record { id: "twin".into(), registration_number: numbers[1].clone().into(), ..held.clone() });
    let index = index(&records);
    let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
    let judged =
        index.judge(index.model(), &[pair("kestrel", "twin"), pair("kestrel", "other 1"), pair("kestrel", "gone")]);
    assert!(judged[0].is_some_and(|(_, probability)| probability > 0.9), "the record with the same number: {judged:?}");
    assert!(judged[1].is_some_and(|(_, probability)| probability < 0.1), "{judged:?}");
    assert_eq!(judged[2], None);
}
