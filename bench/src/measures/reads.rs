//! Reading: a record, a list, what is being typed, figures.

use anyhow::Result;
use platform::api::Mark;
use platform::search::fold;

use super::Bench;
use crate::bare::{self, Value};
use crate::client::{Answer, Ask, Client};
use crate::data::words::{Dice, typed};
use crate::data::{INDUSTRIES, ORIGINS};
use crate::measure::{Next, drive};
use crate::report::{Line, Target};

/// The page of a list that is far along.
const FAR: i64 = 1_000;
const PAGE: i64 = 50;

fn good(answer: &Answer) -> bool {
    answer.status == 200 && !answer.body.is_empty()
}

fn has_items(answer: &Answer) -> bool {
    good(answer) && answer.body.starts_with(b"{\"items\":[{")
}

fn next(ask: impl FnMut(&mut Dice) -> Ask + Send + 'static) -> Next {
    let mut ask = ask;
    Box::new(move |dice, _| ask(dice))
}

/// A filter of three parts.
#[derive(Clone, Debug)]
struct Filter {
    industry: &'static str,
    origin: &'static str,
    kind: &'static str,
    after: Option<String>,
}

impl Filter {
    fn roll(dice: &mut Dice) -> Self {
        Self {
            industry: dice.pick(&INDUSTRIES).0,
            origin: dice.pick(&ORIGINS).0,
            kind: *dice.pick(&["group", "legal_entity"]),
            after: None,
        }
    }

    fn address(&self, list: &str) -> String {
        let after = self.after.as_ref().map(|mark| format!("&after={mark}")).unwrap_or_default();
        format!("{list}?industry={}&origin={}&kind={}{after}", self.industry, self.origin, self.kind)
    }
}

impl Bench {
    fn some_ids(&self, count: u64) -> Vec<Vec<Value>> {
        let mut dice = Dice::of(self.seed, 70, 0);
        (0..count).map(|_| vec![dice.pick(&self.enterprises).0.into()]).collect()
    }

    pub(super) async fn page(&mut self) -> Result<()> {
        let browsers = self.browsers().await?;
        let held = self.enterprises.clone();
        let times = drive(
            browsers,
            self.seconds,
            move |_| {
                let held = held.clone();
                next(move |dice| Ask::get(format!("/enterprises/{}", dice.pick(&held).0)))
            },
            good,
        )
        .await?;
        let statements: Vec<&'static str> = bare::ENTERPRISE.iter().copied().chain([bare::HISTORY]).collect();
        let asked = self.some_ids(500);
        let bare = self.bare.reads(&statements, &asked).await?;
        self.push(Line::timed("enterprise page", times, Target::P99(20.0)).bare(bare));
        Ok(())
    }

    pub(super) async fn read(&mut self) -> Result<()> {
        let held = self.enterprises.clone();
        let times = drive(
            self.programs(),
            self.seconds,
            move |_| {
                let held = held.clone();
                next(move |dice| Ask::get(format!("/api/v1/enterprises/{}", dice.pick(&held).0)))
            },
            good,
        )
        .await?;
        let asked = self.some_ids(500);
        let bare = self.bare.reads(bare::ENTERPRISE, &asked).await?;
        let rate = times.a_second;
        self.push(Line::timed("enterprise by API", times, Target::P99(20.0)).bare(bare));
        self.push(Line::valued("record reads", rate, Target::Rate(4_000.0)));
        Ok(())
    }

    async fn list_of(
        &mut self,
        name: &str,
        list: &'static str,
        clients: Vec<Client>,
        from: Vec<Filter>,
    ) -> Result<f64> {
        let asked: Vec<Vec<Value>> = from
            .iter()
            .take(200)
            .map(|filter| {
                let mark = filter.after.as_deref().and_then(|mark| Mark::decode(mark, 2).ok());
                let (key, id) = mark
                    .map_or((String::new(), 0), |mark| (mark.text(0).to_owned(), mark.number(1).unwrap_or_default()));
                vec![filter.industry.into(), filter.origin.into(), filter.kind.into(), key.as_str().into(), id.into()]
            })
            .collect();
        let program = list.starts_with("/api/");
        let right = if program { has_items } else { good };
        let times = drive(
            clients,
            self.seconds,
            move |_| {
                let from = from.clone();
                next(move |dice| Ask::get(dice.pick(&from).address(list)))
            },
            right,
        )
        .await?;
        let bare = self.bare.reads(&[bare::LIST], &asked).await?;
        let rate = times.a_second;
        self.push(Line::timed(name, times, Target::P99(30.0)).bare(bare));
        Ok(rate)
    }

    pub(super) async fn list(&mut self) -> Result<()> {
        let mut dice = Dice::of(self.seed, 71, 0);
        let mut first = Vec::new();
        while first.len() < 200 {
            let filter = Filter::roll(&mut dice);
            if self.bare.mark(filter.industry, filter.origin, filter.kind, 1).await?.is_some() {
                first.push(filter);
            }
        }
        // Where the thousandth page begins, of those filters that have as many; at a smaller scale
        // the page that is as far along.
        let page = ((FAR as f64 * self.scale) as i64).clamp(2, FAR);
        let mut far = Vec::new();
        for (industry, _) in INDUSTRIES {
            for (origin, _) in &ORIGINS[..3] {
                for kind in ["legal_entity", "group"] {
                    let Some((key, id)) = self.bare.mark(industry, origin, kind, (page - 1) * PAGE).await? else {
                        continue;
                    };
                    let mark = Mark(vec![key, id.to_string()]).encode();
                    far.push(Filter { industry, origin, kind, after: Some(mark) });
                }
            }
        }
        let rate = self
            .list_of("list, 3 filters, first page, by API", "/api/v1/enterprises", self.programs(), first.clone())
            .await?;
        self.push(Line::valued("lists", rate, Target::Rate(1_500.0)));
        let browsers = self.browsers().await?;
        self.list_of("list, 3 filters, first page", "/enterprises", browsers, first).await?;
        if far.is_empty() {
            anyhow::bail!("no list is {page} pages long");
        }
        let name = format!("list, 3 filters, page {page}, by API");
        self.list_of(&name, "/api/v1/enterprises", self.programs(), far.clone()).await?;
        let browsers = self.browsers().await?;
        self.list_of(&format!("list, 3 filters, page {page}"), "/enterprises", browsers, far).await?;
        Ok(())
    }

    pub(super) async fn typeahead(&mut self) -> Result<()> {
        let mut dice = Dice::of(self.seed, 72, 0);
        let queries: Vec<String> = (0..4_000).map(|_| typed(&mut dice.clone(), &self.names_of(&mut dice))).collect();
        let asked: Vec<Vec<Value>> = queries
            .iter()
            .filter_map(|query| {
                let key = fold::query_key(query)?;
                let end = fold::successor(&key)?;
                Some(vec![key.as_str().into(), end.as_str().into()])
            })
            .take(500)
            .collect();
        for (name, address) in
            [("typeahead, enterprises", "/enterprises/suggest"), ("typeahead, everything", "/search/suggest")]
        {
            let clients = self.browsers().await?;
            let from = queries.clone();
            let times = drive(
                clients,
                self.seconds,
                move |_| {
                    let from = from.clone();
                    next(move |dice| {
                        Ask::get(format!("{address}?q={}", platform::web::encode(dice.pick::<String>(&from))))
                    })
                },
                good,
            )
            .await?;
            let bare = self.bare.reads(&[bare::TYPEAHEAD], &asked).await?;
            self.push(Line::timed(name, times, Target::P99(20.0)).bare(bare));
        }
        Ok(())
    }

    /// The first question has what figures are counted from read into memory; every measure is of a full one.
    async fn warm_figures(&self, address: &str) -> Result<()> {
        self.director().send(Ask::get(format!("{address}as_at=2025-06-30"))).await?;
        self.server.rest().await;
        Ok(())
    }

    pub(super) async fn figures(&mut self) -> Result<()> {
        self.warm_figures("/api/v1/figures?").await?;
        let bare = self.bare.reads(bare::FIGURES, &vec![vec![]; 5]).await?;
        for (name, clients, target) in [
            ("figures as at a past date, one client", 1, Target::None),
            ("figures as at a past date", 8, Target::P99(400.0)),
        ] {
            let mut programs = self.programs();
            programs.truncate(clients);
            let times =
                drive(programs, self.seconds, |_| next(|dice| Ask::get(past("/api/v1/figures?", dice))), good).await?;
            self.push(Line::timed(name, times, target).bare(bare));
        }
        Ok(())
    }

    pub(super) async fn crosstab(&mut self) -> Result<()> {
        let address = "/api/v1/crosstab?rows=industry,reporting_origin&columns=nature&measure=investment_pledged&";
        let probe = self.director().send(Ask::get(format!("{address}as_at=2025-06-30"))).await?;
        if probe.status != 200 {
            eprintln!("three-way cross-tab: {} at {address}", probe.status);
            return Ok(());
        }
        self.warm_figures(address).await?;
        let bare = self.bare.reads(bare::CROSSTAB, &vec![vec![]; 3]).await?;
        for (name, clients, target) in
            [("three-way cross-tab, one client", 1, Target::None), ("three-way cross-tab", 8, Target::P99(800.0))]
        {
            let mut programs = self.programs();
            programs.truncate(clients);
            let times =
                drive(programs, self.seconds, move |_| next(move |dice| Ask::get(past(address, dice))), good).await?;
            self.push(Line::timed(name, times, target).bare(bare));
        }
        Ok(())
    }
}

/// As at a day of 2025, another each time.
fn past(address: &str, dice: &mut Dice) -> String {
    format!("{address}as_at=2025-{:02}-{:02}", 1 + dice.roll(12), 1 + dice.roll(28))
}
