//! Attracted, signed and named: three counts that the public mixes up.

use projects::figures::Measure;
use projects::figures::series::Point;

use super::beside::{attracted, of_ceremonies};
use super::{ATTRACTED, Ceremony, Desk, Finding, SIGNED, THOUSAND};
use crate::published::Published;

/// What the register counts.
#[derive(Clone, Copy)]
pub(super) struct Register {
    pub signed: i64,
    pub attracted: i64,
}

/// Each ceremony of the office's own, once, with how many of its signatories the register names: by
/// how much the register's count rose on that day.
pub(super) fn ceremonies(desk: &Desk<'_>, named: &[Point]) -> Vec<Ceremony> {
    let rose = |row: &Published| {
        let place = named.iter().position(|point| point.day == row.as_at)?;
        let before = place.checked_sub(1).map_or(0, |before| named[before].value);
        Some(named[place].value - before)
    };
    let ceremony = |row: &Published| {
        let (published, named) = (row.value / THOUSAND, rose(row).unwrap_or(0));
        Ceremony {
            day: row.as_at.to_string(),
            published,
            comparator: row.comparator.clone(),
            basis: row.basis.clone(),
            scope: row.scope.clone(),
            named,
            not_named: published - named,
            published_figure: row.id,
        }
    };
    of_ceremonies(desk).into_iter().map(ceremony).collect()
}

pub(super) fn findings(desk: &Desk<'_>, ceremonies: &[Ceremony], register: Register) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(not_named(ceremonies, register));
    findings.extend(named_elsewhere(ceremonies, register));
    findings.extend(told_twice(desk, ceremonies));
    findings.extend(attracted_and_signed(desk, ceremonies));
    findings.extend(signed_past_attracted(desk, ceremonies, register));
    findings.extend(outliers(desk));
    findings
}

/// Several figures of one ceremony: one of them counts, and the others are not added to it.
fn told_twice(desk: &Desk<'_>, ceremonies: &[Ceremony]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for one in ceremonies {
        let of_day: Vec<&Published> = desk.own(SIGNED).filter(|row| row.as_at.to_string() == one.day).collect();
        let differ = of_day.iter().any(|row| row.value / THOUSAND != one.published);
        let Some(first) = of_day.first().filter(|_| of_day.len() > 1) else { continue };
        let told: Vec<String> = of_day.iter().map(|row| format!("{} ({})", desk.count(row), row.source)).collect();
        let rests_on = of_day.iter().map(|row| row.id).collect();
        let key = if differ { "finding-ceremony-told-otherwise" } else { "finding-ceremony-told-twice" };
        let finding = match differ {
            true => Finding::warns("told_twice", key, rests_on),
            false => Finding::explains("told_twice", key, rests_on),
        };
        findings.push(
            finding
                .with("day", desk.view.date(first.as_at))
                .with("count", of_day.len())
                .with("used", one.published)
                .with("told", told.join(if desk.view.tag() == "en" { "; " } else { "；" })),
        );
    }
    findings
}

fn ids(ceremonies: &[Ceremony]) -> Vec<platform::Id> {
    ceremonies.iter().map(|one| one.published_figure).collect()
}

fn not_named(ceremonies: &[Ceremony], register: Register) -> Option<Finding> {
    let published: i64 = ceremonies.iter().map(|one| one.published).sum();
    let missing: i64 = ceremonies.iter().map(|one| one.not_named).sum();
    (missing > 0).then(|| {
        Finding::explains("not_named", "finding-not-named", ids(ceremonies))
            .with("published", published)
            .with("named", register.signed)
            .with("missing", missing)
            .of_register(Measure::PartnersSigned)
    })
}

/// Signatories of the register whose day is that of no published ceremony, or more than were published.
fn named_elsewhere(ceremonies: &[Ceremony], register: Register) -> Option<Finding> {
    let at_ceremonies: i64 = ceremonies.iter().map(|one| one.named.min(one.published)).sum();
    let elsewhere = register.signed - at_ceremonies;
    (elsewhere > 0 && !ceremonies.is_empty()).then(|| {
        Finding::warns("named_elsewhere", "finding-named-elsewhere", ids(ceremonies))
            .with("count", elsewhere)
            .with("named", register.signed)
            .of_register(Measure::PartnersSigned)
    })
}

/// Attracted exceeds signed: some of the first batch signed late, some never in public.
fn attracted_and_signed(desk: &Desk<'_>, ceremonies: &[Ceremony]) -> Option<Finding> {
    let attracted = attracted(desk, ceremonies)?;
    let total: i64 = ceremonies.iter().map(|one| one.published).sum();
    let difference = attracted.value / THOUSAND - total;
    if difference <= 0 {
        return None;
    }
    let first = desk.own(ATTRACTED).next()?;
    let first_signed = ceremonies.first()?;
    let late: Vec<&Published> = desk.own("partners_signed_of_which_batch_1_late").collect();
    let late_count: i64 = late.iter().map(|row| row.value).sum::<i64>() / THOUSAND;
    let never = first.value / THOUSAND - first_signed.published - late_count;
    let mut rests_on = vec![attracted.id, first.id];
    rests_on.extend(ids(ceremonies));
    rests_on.extend(late.iter().map(|row| row.id));
    let closes = never == difference;
    let key = if closes { "finding-attracted-signed-closes" } else { "finding-attracted-signed" };
    Some(
        Finding::explains("attracted_and_signed", key, rests_on)
            .with("attracted", desk.count(attracted))
            .with("signed", total)
            .with("difference", difference)
            .with("first", desk.count(first))
            .with("first_signed", first_signed.published)
            .with("late", late_count)
            .of_register(Measure::EnterprisesAttracted),
    )
}

/// Whoever signed was attracted: a count of signings past the attractions is wrong somewhere.
fn signed_past_attracted(desk: &Desk<'_>, ceremonies: &[Ceremony], register: Register) -> Vec<Finding> {
    let mut findings = Vec::new();
    let published: i64 = ceremonies.iter().map(|one| one.published).sum();
    // The largest count published so far: an older one may well lie below the signings that followed.
    let most = desk.own(ATTRACTED).max_by_key(|row| row.value);
    if let Some(most) = most.filter(|row| row.value / THOUSAND < published) {
        let rests_on = std::iter::once(most.id).chain(ids(ceremonies)).collect();
        findings.push(
            Finding::warns("signed_past_attracted", "finding-signed-past-attracted", rests_on)
                .with("attracted", desk.count(most))
                .with("day", desk.view.date(most.as_at))
                .with("signed", published),
        );
    }
    if register.signed > register.attracted {
        findings.push(
            Finding::warns("signed_past_attracted", "finding-register-signed-past-attracted", Vec::new())
                .with("attracted", register.attracted)
                .with("signed", register.signed)
                .of_register(Measure::PartnersSigned),
        );
    }
    findings
}

/// One source gives another count than the official “before this batch” that followed.
fn outliers(desk: &Desk<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for before in desk.rows.iter().filter(|row| row.metric == "enterprises_attracted_before_batch") {
        let last = desk
            .rows
            .iter()
            .rfind(|row| row.metric == ATTRACTED && row.body == before.body && row.as_at < before.as_at);
        if let Some(last) = last.filter(|last| last.value != before.value && last.comparator == "exactly") {
            findings.push(
                Finding::warns("outlier", "finding-outlier", vec![last.id, before.id])
                    .with("value", last.written())
                    .with("later", before.written())
                    .with("source", &last.source)
                    .of_register(Measure::EnterprisesAttracted),
            );
        }
    }
    findings
}
