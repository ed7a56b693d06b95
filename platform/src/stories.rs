//! Stories of the ground itself, on both databases.

use std::sync::Arc;

use serde_json::json;

use crate::audit::{self, Change, Told};
use crate::error::Error;
use crate::house::House;
use crate::order::Place;
use crate::permission::{Permission, Relation, Role, Scope, Secrecy, Tier};
use crate::sql::Sql;
use crate::testing::{On, Story, TestHouse, TestPlan};
use crate::{Id, Way, both_databases, jobs, sequences};

struct Ground(TestHouse);

impl std::ops::Deref for Ground {
    type Target = TestHouse;
    fn deref(&self) -> &TestHouse {
        &self.0
    }
}

impl Story for Ground {
    async fn open(on: On) -> Self {
        Self(TestHouse::open(on, TestPlan::default()).await)
    }
}

#[both_databases]
async fn a_change_is_kept_with_its_entry_or_not_at_all(house: Ground) {
    let mut cx = house.operator();
    let kept = cx.new_id();
    crate::settings::set(&mut cx, "a", "1").await.unwrap();
    cx.record(Change::new("setting.set", "setting", kept).label("a").set("value", Told::Text("1".into())));
    cx.commit().await.unwrap();

    let mut cx = house.operator();
    crate::settings::set(&mut cx, "a", "2").await.unwrap();
    cx.record(Change::new("setting.set", "setting", kept).label("a"));
    drop(cx);

    let mut cx = house.operator();
    let history = audit::read::history(&mut cx, "setting", kept, None, 10).await.unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].fields()[0].new, Told::Text("1".into()));
    house.house.settings.reload(&mut cx).await.unwrap();
    assert_eq!(house.house.settings.get("a").as_deref(), Some("1"));
}

#[both_databases]
async fn the_chain_shows_a_rewritten_entry_and_a_lost_end(house: Ground) {
    let mut cx = house.operator();
    for number in 0..5 {
        let id = cx.new_id();
        cx.record(Change::new("thing.done", "thing", id).set("number", Told::Number(number)));
    }
    cx.commit().await.unwrap();
    let mut cx = house.operator();
    assert_eq!(audit::verify(&mut cx).await.unwrap(), (5, vec![]));

    let unlock: &[&'static str] = if house.is_postgres() {
        &["ALTER TABLE audit_entries DISABLE TRIGGER ALL"]
    } else {
        &["DROP TRIGGER audit_entries_no_update", "DROP TRIGGER audit_entries_no_delete"]
    };
    for sql in unlock {
        Sql::new(sql).execute(&mut cx).await.unwrap();
    }
    Sql::new("UPDATE audit_entries SET note = 'x' WHERE seq = 3").execute(&mut cx).await.unwrap();
    let (held, breaks) = audit::verify(&mut cx).await.unwrap();
    assert_eq!((held, breaks[0].seq), (2, 3));
    Sql::new("DELETE FROM audit_entries WHERE seq >= 3").execute(&mut cx).await.unwrap();
    assert_eq!(audit::verify(&mut cx).await.unwrap().1.len(), 1);
    cx.undo().await.unwrap();
}

#[both_databases]
async fn the_audit_can_only_be_added_to(house: Ground) {
    let mut cx = house.operator();
    let id = cx.new_id();
    cx.record(Change::new("thing.done", "thing", id));
    cx.commit().await.unwrap();
    for sql in ["UPDATE audit_entries SET note = 'x'", "DELETE FROM audit_entries"] {
        let mut cx = house.operator();
        let refused = Sql::new(sql).execute(&mut cx).await;
        assert!(refused.unwrap_err().to_string().contains("append-only"), "{sql}");
    }
}

#[both_databases]
async fn many_writers_at_once_leave_one_whole_chain(house: Ground) {
    let writers: Vec<_> = (0..20)
        .map(|_| {
            let house = house.house.clone();
            tokio::spawn(async move {
                for _ in 0..5 {
                    let mut cx = house.cx_operator("writer", crate::Way::Command);
                    let id = cx.new_id();
                    cx.record(Change::new("thing.done", "thing", id));
                    cx.commit().await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let mut cx = house.operator();
    assert_eq!(audit::verify(&mut cx).await.unwrap(), (100, vec![]));
}

#[both_databases]
async fn a_look_at_a_restricted_record_is_noted_once_an_hour(house: Ground) {
    let director = house.director();
    for _ in 0..3 {
        let mut cx = crate::Cx::reading(
            house.house.clone(),
            Some(director.actor.clone()),
            crate::Way::Page,
            crate::text::Language::English,
        );
        cx.look("enterprise", Id(77), "Secret Ltd", Tier::Named);
        cx.look("enterprise", Id(78), "Open Ltd", Tier::Office);
        cx.commit().await.unwrap();
    }
    let mut cx = house.operator();
    assert!(audit::read::history(&mut cx, "enterprise", Id(77), None, 10).await.unwrap().is_empty());
    let (nobodys, first) = (Relation::default(), Place::default());
    let looks = audit::read::looks(&mut cx, "enterprise", Id(77), nobodys, &first, 10).await.unwrap().rows;
    assert_eq!(looks.len(), 1);
    assert_eq!(looks[0].actor_id, Some(director.account()));
    assert!(audit::read::history(&mut cx, "enterprise", Id(78), None, 10).await.unwrap().is_empty());
}

#[both_databases]
async fn references_are_never_given_twice(house: Ground) {
    let mut cx = house.operator();
    assert_eq!(sequences::take(&mut cx, "P-2026", 1).await.unwrap(), 1);
    assert_eq!(sequences::take(&mut cx, "P-2026", 10).await.unwrap(), 2);
    assert_eq!(sequences::take(&mut cx, "P-2026", 1).await.unwrap(), 12);
    assert_eq!(sequences::reference("P", 2026, 42), "P-2026-0042");
    cx.undo().await.unwrap();
}

#[both_databases]
async fn a_failed_job_waits_and_a_cancelled_one_stays_cancelled(house: Ground) {
    let mut cx = house.operator();
    let id = jobs::enqueue(&mut cx, "Do what nobody knows", json!({}), None).await.unwrap();
    cx.commit().await.unwrap();
    assert!(jobs::run_one(&house.house).await.unwrap());
    let mut cx = house.operator();
    let rows = jobs::list(&mut cx, Some("failed"), None, 10).await.unwrap();
    assert_eq!((rows.len(), rows[0].id), (1, id));
    jobs::retry(&mut cx, id).await.unwrap();
    jobs::cancel(&mut cx, id).await.unwrap();
    assert!(jobs::cancel(&mut cx, id).await.is_err());
    cx.commit().await.unwrap();
    assert!(!jobs::run_one(&house.house).await.unwrap());
}

#[both_databases]
async fn reach_is_the_same_rule_in_sql_and_in_rust(house: Ground) {
    let mut cx = house.operator();
    let (team, owner, reader) = (Id(3), Id(8), Id(9));
    for sql in [
        "CREATE TABLE things (id BIGINT PRIMARY KEY, tier BIGINT NOT NULL, team_id BIGINT, owner_id BIGINT)",
        "INSERT INTO things VALUES (1, 0, NULL, NULL), (2, 1, NULL, NULL), (3, 2, 3, 8), (4, 3, 3, 8)",
        "INSERT INTO readers VALUES ('thing', 4, 9, 0)",
    ] {
        Sql::new(sql).execute(&mut cx).await.unwrap();
    }
    let secrecy = Secrecy { kind: "thing", id: "t.id", tier: "t.tier", team_id: "t.team_id", owner_id: "t.owner_id" };
    let people = [
        (Role::Officer, None, Id(1), vec![1, 2]),
        (Role::Officer, Some(team), Id(2), vec![1, 2, 3]),
        (Role::Officer, None, owner, vec![1, 2, 3, 4]),
        (Role::Officer, None, reader, vec![1, 2, 4]),
        (Role::CommitteeMember, Some(team), Id(4), vec![1, 3]),
        (Role::Director, None, Id(5), vec![1, 2, 3, 4]),
        (Role::Administrator, None, Id(6), vec![1, 2, 3]),
    ];
    for (role, team, account, expected) in people {
        let mut actor = house.person(role, team).actor;
        actor.account = Some(account);
        let mut sql = Sql::new("SELECT id FROM things t WHERE ");
        actor.visible().condition(&mut sql, secrecy);
        sql.push(" ORDER BY id");
        let seen: Vec<(i64,)> = sql.fetch_all(&mut cx).await.unwrap();
        assert_eq!(seen.into_iter().map(|row| row.0).collect::<Vec<_>>(), expected, "{role:?} {account}");
        let rows = [
            (1, Tier::Public, None, None),
            (2, Tier::Office, None, None),
            (3, Tier::Team, Some(Id(3)), Some(Id(8))),
            (4, Tier::Named, Some(Id(3)), Some(Id(8))),
        ];
        for (id, tier, team, owner) in rows {
            let relation = Relation { team, owner };
            let reached = actor.visible().reaches(tier, relation, id == 4 && account == reader);
            assert_eq!(reached, expected.contains(&id), "{role:?} {account} {id}");
        }
    }
    cx.undo().await.unwrap();
}

const NEVER: Permission = Permission::write("thing.never.done", &[(Role::Administrator, Scope::All)]);

#[both_databases]
async fn what_is_not_permitted_is_forbidden_and_nobody_must_sign_in(house: Ground) {
    assert!(matches!(house.officer(None).cx().require(&NEVER), Err(Error::Forbidden(_))));
    assert!(house.operator().require(&NEVER).is_ok());
    let answer = house.nobody().get("/nowhere").await;
    assert_eq!(answer.status, 404);
}

#[both_databases]
async fn a_second_house_under_a_standing_clock_makes_no_key_again(house: Ground) {
    let made = |house: &Arc<House>| -> Vec<Id> { (0..300).map(|_| house.ids.make(house.clock.now())).collect() };
    let at_once = house.beside(vec![]).await;
    let mut all = made(&house.house);
    all.extend(made(&at_once));
    at_once.close().await;
    // The number given back is taken again; the third holder is killed, and what it kept stands in the audit.
    let after = house.beside(vec![]).await;
    all.extend(made(&after));
    let mut cx = after.cx_operator("test", Way::Command);
    cx.record(Change::new("thing.done", "thing", all[0]));
    cx.commit().await.unwrap();
    all.push(audit::read::history(&mut cx, "thing", all[0], None, 1).await.unwrap()[0].id);
    Sql::new("UPDATE nodes SET until = 0 WHERE node = 1").execute(&mut cx).await.unwrap();
    cx.commit().await.unwrap();
    let highest = all.iter().max().copied().unwrap();
    let next = made(&house.beside(vec![]).await);
    assert!(next.iter().all(|key| *key > highest), "the killed one's number goes on above its entry");
    all.extend(next);
    let distinct: std::collections::HashSet<Id> = all.iter().copied().collect();
    assert_eq!(distinct.len(), all.len());
}
