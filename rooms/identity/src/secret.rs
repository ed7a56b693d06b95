//! Passwords and tokens. Only digests are stored; nothing here is ever logged.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use platform::{Error, Problems, Result};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

/// Hashing fills a core and 19 MiB each; more at once would only slow every page down.
static HASHING: Semaphore = Semaphore::const_new(2);

/// What is verified when there is no such account, so that the answer takes as long.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    Argon2::default().hash_password(b"nobody has this password").map(|hash| hash.to_string()).unwrap_or_default()
});

/// The commonest passwords of twelve characters and more, which guessers try first.
const COMMON: [&str; 12] = [
    "123456789012",
    "1234567890123",
    "password1234",
    "passwordpassword",
    "qwertyuiop12",
    "qwertyuiopas",
    "iloveyou1234",
    "administrator",
    "adminadmin12",
    "letmeinletmein",
    "welcome12345",
    "111111111111",
];

/// A password by today's guidance (NIST SP 800-63B): long enough, not the commonest, not the
/// address; no rules about its characters.
pub fn check_password(problems: &mut Problems, field: &str, password: &str, email: &str) {
    let length = password.chars().count();
    if length < 12 {
        problems.add(field, "problem-password-short");
    } else if length > 200 {
        problems.add(field, "problem-password-long");
    } else if COMMON.contains(&password.to_lowercase().as_str())
        || password.to_lowercase().contains(&email.to_lowercase()) && !email.is_empty()
    {
        problems.add(field, "problem-password-common");
    }
}

/// Hashes a password with Argon2id. Called before a writing transaction begins.
pub async fn hash(password: &str) -> Result<String> {
    let password = password.to_owned();
    let _place = HASHING.acquire().await.map_err(|error| Error::Unexpected(Box::new(error)))?;
    tokio::task::spawn_blocking(move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|error| Error::unexpected(error.to_string()))
    })
    .await
    .map_err(|error| Error::Unexpected(Box::new(error)))?
}

/// Whether a password fits a stored hash; as slow where there is none.
pub async fn verify(password: &str, stored: Option<&str>) -> Result<bool> {
    let known = stored.is_some();
    let (password, stored) = (password.to_owned(), stored.map_or_else(|| NOBODY.clone(), str::to_owned));
    let _place = HASHING.acquire().await.map_err(|error| Error::Unexpected(Box::new(error)))?;
    let fits = tokio::task::spawn_blocking(move || {
        PasswordHash::new(&stored)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await
    .map_err(|error| Error::Unexpected(Box::new(error)))?;
    Ok(fits && known)
}

/// A token of 32 random bytes, for a cookie, a link or a key.
pub fn token() -> Result<String> {
    let mut random = [0_u8; 32];
    fill(&mut random)?;
    Ok(data_encoding::BASE64URL_NOPAD.encode(&random))
}

/// A fresh secret for one-time codes: 20 bytes in base 32.
pub fn code_secret() -> Result<String> {
    let mut random = [0_u8; 20];
    fill(&mut random)?;
    Ok(data_encoding::BASE32_NOPAD.encode(&random))
}

fn fill(bytes: &mut [u8]) -> Result<()> {
    platform::random(bytes)
}

/// What is stored of a token.
pub fn digest(token: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(token.as_bytes()))
}

/// The step of a one-time code (RFC 6238: six digits, 30 seconds), if the code fits now or one
/// step to either side and is later than the last one used.
pub fn code_step(secret: &str, code: &str, seconds: u64, last: Option<i64>) -> Option<i64> {
    let secret = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).ok()?;
    let totp = totp_rs::Builder::new().with_secret(secret).with_skew(0).build().ok()?;
    let typed: String = code.chars().filter(|character| !character.is_whitespace()).collect();
    let now = i64::try_from(seconds / 30).ok()?;
    (now - 1..=now + 1)
        .filter(|step| last.is_none_or(|last| *step > last))
        .find(|step| u64::try_from(step * 30).is_ok_and(|at| totp.check(&typed, at).is_some()))
}
