//! Passwords (argon2id) and secrets of our own making. Hashing is slow on purpose: few at a time, off the async threads.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, try_generate_salt};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use super::PeopleError;
use super::audit::hex;

/// Shortest password, in characters (NIST SP 800-63B asks for 8).
pub const PASSWORD_CHARS_MIN: usize = 10;
/// Longest password, in bytes.
pub const PASSWORD_BYTES_MAX: usize = 256;
/// Memory of a hash, KiB (OWASP's first recommendation for argon2id: 19 MiB, 2 passes, 1 lane).
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Hashes made at once; others wait, so that a flood of logins cannot take the machine.
const AT_ONCE: usize = 2;

static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);
/// What the password of nobody is compared with: the answer takes as long as for somebody.
static OF_NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash_now("the password of nobody").ok());

fn hasher() -> Result<Argon2<'static>, PeopleError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|e| PeopleError::Hash(e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_now(password: &str) -> Result<String, PeopleError> {
    let hash: PasswordHash =
        hasher()?.hash_password(password.as_bytes()).map_err(|e| PeopleError::Hash(e.to_string()))?;
    Ok(hash.to_string())
}

/// A PHC string for a password.
///
/// # Errors
/// When the password is too short or too long.
pub async fn hash(password: SecretString) -> Result<String, PeopleError> {
    let text = password.expose_secret();
    if text.chars().count() < PASSWORD_CHARS_MIN || text.len() > PASSWORD_BYTES_MAX {
        let why =
            format!("a password has at least {PASSWORD_CHARS_MIN} characters and at most {PASSWORD_BYTES_MAX} bytes");
        return Err(PeopleError::Unfit(why));
    }
    in_turn(move || hash_now(password.expose_secret())).await?
}

/// Whether a password is the one of a PHC string; of nobody's, never, and no sooner.
///
/// # Errors
/// When the work was broken off.
pub async fn is_right(password: SecretString, phc: Option<String>) -> Result<bool, PeopleError> {
    in_turn(move || {
        let somebody = phc.is_some();
        let Some(phc) = phc.or_else(|| OF_NOBODY.clone()) else { return false };
        let Ok(hash) = PasswordHash::new(&phc) else { return false };
        let text = password.expose_secret();
        let fits = text.len() <= PASSWORD_BYTES_MAX;
        let bytes = if fits { text.as_bytes() } else { b"" };
        Argon2::default().verify_password(bytes, &hash).is_ok() && somebody && fits
    })
    .await
}

async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, PeopleError> {
    let _turn = TURNS.acquire().await.map_err(|e| PeopleError::Hash(e.to_string()))?;
    tokio::task::spawn_blocking(work).await.map_err(|e| PeopleError::Hash(e.to_string()))
}

/// A new secret of 256 bits, in hex.
///
/// # Errors
/// When the system gives no randomness.
pub fn secret() -> Result<String, PeopleError> {
    let half = || try_generate_salt().map_err(|e| PeopleError::Hash(e.to_string()));
    Ok(hex(&[half()?, half()?].concat()))
}

/// What the store keeps of a secret: it can be recognized, not used.
pub fn fingerprint(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_recognized_and_nothing_else_is() {
        let phc = hash("correct horse".into()).await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        for (given, of, want) in [
            ("correct horse", Some(phc.clone()), true),
            ("correct horsf", Some(phc.clone()), false),
            ("", Some(phc.clone()), false),
            ("the password of nobody", None, false),
            ("correct horse", Some("no PHC string".to_owned()), false),
        ] {
            assert_eq!(is_right(given.into(), of.clone()).await.unwrap(), want, "{given} {of:?}");
        }
        assert!(!is_right("x".repeat(PASSWORD_BYTES_MAX + 1).into(), Some(phc)).await.unwrap());
    }

    #[tokio::test]
    async fn short_and_endless_passwords_are_refused() {
        for text in ["123456789".to_owned(), "x".repeat(PASSWORD_BYTES_MAX + 1)] {
            assert!(matches!(hash(text.into()).await, Err(PeopleError::Unfit(_))));
        }
        // nine Hangul syllables are 27 bytes, and still nine characters
        assert!(hash("가나다라마바사아자".into()).await.is_err());
    }

    #[test]
    fn secrets_are_long_and_never_the_same() {
        let (a, b) = (secret().unwrap(), secret().unwrap());
        assert!(a.len() == 64 && a != b && fingerprint(&a).len() == 64 && fingerprint(&a) != fingerprint(&b));
    }
}
