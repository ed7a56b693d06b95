//! The people of the enterprises, with posts, ways of contact and consents.

use super::super::store::Rows;
use super::{At, Dice, FAMILY, GIVEN, IdMaker, Office, Result, Told, day, fold, instant, store};

const TITLE: &str = "Head of strategy";

/// The tables that a person writes to.
pub(super) struct Shelf {
    people: Rows,
    keys: Rows,
    posts: Rows,
    contacts: Rows,
    consents: Rows,
}

impl Shelf {
    pub(super) fn all(&mut self) -> [&mut Rows; 5] {
        [&mut self.people, &mut self.keys, &mut self.posts, &mut self.contacts, &mut self.consents]
    }
}

impl Office<'_> {
    pub(super) fn people_shelf(&self) -> Shelf {
        Shelf {
            people: self.rows(store::PEOPLE),
            keys: self.rows(store::PERSON_KEYS),
            posts: self.rows(store::POSTS),
            contacts: self.rows(store::CONTACTS),
            consents: self.rows(store::CONSENTS),
        }
    }

    /// People, spread over the enterprises.
    pub async fn people(&mut self) -> Result<()> {
        let ids = IdMaker::new(23);
        let mut shelf = self.people_shelf();
        for place in 0..self.size.people {
            let mut dice = Dice::of(self.seed, 2, place);
            let at = instant(place, self.size.people);
            let owner = place * self.size.enterprises / self.size.people;
            self.person(&ids, at, usize::try_from(owner)?, &mut dice, &mut shelf)?;
            self.pour(&mut shelf.all(), false).await?;
            self.pour_audit(false).await?;
        }
        self.pour(&mut shelf.all(), true).await
    }

    pub(super) fn person(
        &mut self,
        ids: &IdMaker,
        at: i64,
        enterprise: usize,
        dice: &mut Dice,
        shelf: &mut Shelf,
    ) -> Result<()> {
        let name = format!("{} {}", dice.pick(&GIVEN), dice.pick(&FAMILY));
        let email = format!("{}.{}@made-up.example", name.to_lowercase().replace(' ', "."), dice.roll(1_000_000));
        let (id, enterprise) = (ids.make(At(at)), self.enterprises[enterprise].id);
        let key = fold::sort_key(&name);
        shelf.people.add(&[
            id.into(),
            enterprise.into(),
            (&name).into(),
            (&key).into(),
            "en, zh".into(),
            1_i64.into(),
            at.into(),
        ]);
        for key in fold::search_keys(&name) {
            shelf.keys.add(&[(&key).into(), id.into()]);
        }
        // Its parts have its own key: each is the only one in its table.
        let part = id;
        shelf.posts.add(&[part.into(), id.into(), enterprise.into(), TITLE.into(), 1_i64.into(), at.into()]);
        shelf.contacts.add(&[part.into(), id.into(), "email".into(), (&email).into(), 1_i64.into(), at.into()]);
        shelf.consents.add(&[
            part.into(),
            id.into(),
            day(at).into(),
            "in a meeting".into(),
            "".into(),
            1_i64.into(),
            at.into(),
        ]);
        let fields = vec![
            ("name", Told::Nothing, Told::Text(name.clone())),
            ("languages", Told::Nothing, Told::languages(Some("en, zh"))),
            ("post", Told::Nothing, Told::Text(TITLE.to_owned())),
        ];
        let by = self.officer(dice);
        self.record(id, at, by, "person.added", ("person", id, &name, Some(1)), fields)
    }
}
