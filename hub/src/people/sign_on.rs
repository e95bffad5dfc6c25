//! OpenID Connect: authorization code with PKCE and nonce. Who somebody is is the provider's word; what they may do follows
//! from one of its claims by the settings, anew at each sign-on.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::str::FromStr as _;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AsyncHttpClient, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdTokenFields,
    IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    StandardErrorResponse, StandardTokenResponse, TokenResponse as _,
};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::person::{Person, SignOn};

use super::account::{check_name, rows};
use super::password::fingerprint;
use super::{Actor, PeopleError, Role, audit, seat};
use crate::settings::SignOnSettings;

use crate::web::FetchError;
use crate::web::provider::Provider;
use crate::world::World;

/// A sign-on that takes longer is begun again.
const TIME_MAX_MS: i64 = 10 * 60_000;
/// Where the provider sends people back to.
pub const RETURN_PATH: &str = "/sign-on/return";

/// All claims that are not standard ones.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Claims {
    #[serde(flatten)]
    all: BTreeMap<String, Value>,
}

impl AdditionalClaims for Claims {}

type Fields = IdTokenFields<
    Claims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Tokens = StandardTokenResponse<Fields, CoreTokenType>;
type Relying = Client<
    Claims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// `openidconnect` asks through the hub's own web.
impl<'c> AsyncHttpClient<'c> for Provider {
    type Error = FetchError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, FetchError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// Why a sign-on did not end in a session.
#[derive(Debug, thiserror::Error)]
pub enum SignOnError {
    /// No provider is set.
    #[error("no provider is set")]
    Off,
    /// A setting cannot be used.
    #[error("[console.sign_on] {0}")]
    Setting(String),
    /// The provider does not answer as it should.
    #[error("the provider: {0}")]
    Provider(String),
    /// What came back is not what was sent out, was used already, or came too late.
    #[error("this sign-on is not under way")]
    NotUnderWay,
    /// What the provider says of the person cannot be trusted.
    #[error("the provider's word cannot be trusted: {0}")]
    Untrusted(String),
    /// The person may not come in.
    #[error("the person may not come in: {0}")]
    Refused(String),
    /// The store failed.
    #[error(transparent)]
    People(#[from] PeopleError),
}

impl From<store::StoreError> for SignOnError {
    fn from(error: store::StoreError) -> SignOnError {
        SignOnError::People(error.into())
    }
}

/// A sign-on that has begun.
pub struct Begun {
    /// Where the browser goes.
    pub address: String,
    /// What it must bring back; it goes into a cookie of that browser as well.
    pub state: String,
}

fn rules(world: &World) -> Result<&SignOnSettings, SignOnError> {
    world.settings.console.sign_on.as_ref().ok_or(SignOnError::Off)
}

/// The chain of an error in one line, for the log; no token is ever in one.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// Asks the provider what it is, and becomes its client.
async fn relying(world: &World, provider: &Provider) -> Result<Relying, SignOnError> {
    let rules = rules(world)?;
    let issuer = IssuerUrl::new(rules.issuer.clone()).map_err(|e| SignOnError::Setting(format!("issuer: {e}")))?;
    let base = world.settings.console.public_url.as_deref();
    let base = base.ok_or_else(|| SignOnError::Setting("needs [console] public_url".to_owned()))?;
    let back = RedirectUrl::new(format!("{base}{RETURN_PATH}"))
        .map_err(|e| SignOnError::Setting(format!("public_url: {e}")))?;
    let metadata = CoreProviderMetadata::discover_async(issuer, provider)
        .await
        .map_err(|error| SignOnError::Provider(chain(&error)))?;
    let secret = rules.client_secret.as_ref().map(|secret| ClientSecret::new(secret.expose_secret().to_owned()));
    Ok(Client::from_provider_metadata(metadata, ClientId::new(rules.client_id.clone()), secret).set_redirect_uri(back))
}

fn provider(world: &World) -> Result<Provider, SignOnError> {
    let allow = rules(world)?.allow_private;
    Provider::new(&world.settings.web, allow).map_err(|error| SignOnError::Setting(error.to_string()))
}

/// Begins a sign-on that goes on to `onward` afterwards.
///
/// # Errors
/// When the provider does not answer, or a setting cannot be used.
pub async fn begin(world: &World, onward: &str, now_ms: i64) -> Result<Begun, SignOnError> {
    let provider = provider(world)?;
    let client = relying(world, &provider).await?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let mut request =
        client.authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random);
    for scope in &rules(world)?.scopes {
        request = request.add_scope(Scope::new(scope.clone()));
    }
    let (address, state, nonce) = request.set_pkce_challenge(challenge).url();
    let sign_on = SignOn {
        state_hash: fingerprint(state.secret()),
        nonce: nonce.secret().clone(),
        verifier: verifier.secret().clone(),
        onward: onward.to_owned(),
        ends_ms: now_ms + TIME_MAX_MS,
    };
    let tx = world.store.write().await?;
    tx.begin_sign_on(&sign_on, now_ms).await?;
    tx.commit().await?;
    Ok(Begun { address: address.to_string(), state: state.secret().clone() })
}

/// Finishes a sign-on: gives the browser's secret and where to go. `cookie` is the state the same browser was given.
///
/// # Errors
/// When anything is not as it should be; the person is told no more than that.
pub async fn finish(
    world: &World,
    code: String,
    state: &str,
    cookie: Option<&str>,
    now_ms: i64,
) -> Result<(String, String), SignOnError> {
    // the state of another browser would log this one in as somebody else
    if cookie != Some(state) {
        return Err(SignOnError::NotUnderWay);
    }
    let tx = world.store.write().await?;
    let begun = tx.take_sign_on(&fingerprint(state)).await?;
    tx.commit().await?;
    let begun = begun.filter(|begun| begun.ends_ms > now_ms).ok_or(SignOnError::NotUnderWay)?;
    let provider = provider(world)?;
    let client = relying(world, &provider).await?;
    let tokens: Tokens = client
        .exchange_code(AuthorizationCode::new(code))
        .map_err(|error| SignOnError::Provider(chain(&error)))?
        .set_pkce_verifier(PkceCodeVerifier::new(begun.verifier))
        .request_async(&provider)
        .await
        .map_err(|error| SignOnError::Provider(chain(&error)))?;
    let untrusted = |why: String| SignOnError::Untrusted(why);
    let token = tokens.id_token().ok_or_else(|| untrusted("no id token came".to_owned()))?;
    let verifier = client.id_token_verifier();
    let claims = token.claims(&verifier, &Nonce::new(begun.nonce)).map_err(|error| untrusted(chain(&error)))?;
    if let Some(expected) = claims.access_token_hash() {
        let key = token.signing_key(&verifier).map_err(|error| untrusted(chain(&error)))?;
        let algorithm = token.signing_alg().map_err(|error| untrusted(chain(&error)))?;
        let actual = AccessTokenHash::from_token(tokens.access_token(), algorithm, key);
        if actual.map_err(|error| untrusted(chain(&error)))? != *expected {
            return Err(untrusted("the access token is another's".to_owned()));
        }
    }
    let said = serde_json::to_value(claims).unwrap_or_default();
    let actor = enter(world, claims.issuer().as_str(), claims.subject().as_str(), &said).await?;
    let secret = seat::begin(world, &actor, now_ms, "sign_on").await?;
    Ok((secret, begun.onward))
}

/// The person a provider speaks of: known by issuer and subject, added when new; with the roles its claim gives now.
async fn enter(world: &World, issuer: &str, subject: &str, said: &Value) -> Result<Actor, SignOnError> {
    let rules = rules(world)?;
    let roles = roles_of(rules, said)?;
    if roles.is_empty() {
        return Err(SignOnError::Refused(format!("nothing in the claim `{}` is a role", rules.roles_claim)));
    }
    let key = format!("{issuer} {subject}");
    let now_ms = world.clock.now().timestamp_millis();
    let tx = world.store.write().await?;
    let person = match world.store.person_of_subject(&key).await? {
        Some(person) if person.disabled != 0 => {
            return Err(SignOnError::Refused("an administrator keeps them out".to_owned()));
        }
        Some(person) => person,
        None => {
            let name = said.get(&rules.name_claim).and_then(Value::as_str).unwrap_or(subject).to_owned();
            check_name(&name)?;
            // somebody with a password of ours may be called so: the provider's word must not open their account
            if world.store.person(&name).await?.is_some() {
                return Err(SignOnError::Refused(format!("`{name}` is somebody else here")));
            }
            let title = said.get("name").and_then(Value::as_str).unwrap_or(&name).chars().take(80).collect();
            Person {
                name,
                title,
                password: None,
                subject: Some(key),
                disabled: 0,
                added_ms: now_ms,
                choices: "{}".to_owned(),
            }
        }
    };
    let actor = Actor::new(person.name.clone(), roles);
    let before = world.store.roles_of(&person.name).await?;
    let now: Vec<(String, String)> = rows(&actor.roles);
    let changed =
        before.len() != now.len() || before.iter().any(|b| !now.contains(&(b.role.clone(), b.source.clone())));
    tx.put_person(&person).await?;
    if changed {
        tx.set_roles(&person.name, &now).await?;
        let detail = json!({ "roles": actor.roles_text(), "by": "sign_on" });
        audit::record(&tx, now_ms, &Actor::hub(), "person.roles", &format!("person:{}", person.name), &detail).await?;
    }
    tx.commit().await?;
    Ok(actor)
}

/// The roles that the values of a claim, a text or a list, mean by the settings.
fn roles_of(rules: &SignOnSettings, said: &Value) -> Result<Vec<Role>, SignOnError> {
    let values: Vec<&str> = match said.get(&rules.roles_claim) {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let mut roles = Vec::new();
    for word in values.iter().filter_map(|value| rules.roles.get(*value)) {
        let role = Role::from_str(word).map_err(|error| SignOnError::Setting(format!("roles: {error}")))?;
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    roles.sort();
    Ok(roles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_become_roles_by_the_settings_only() {
        let rules = SignOnSettings {
            title: String::new(),
            issuer: String::new(),
            client_id: String::new(),
            client_secret: None,
            scopes: vec![],
            name_claim: "sub".into(),
            roles_claim: "groups".into(),
            roles: [("stewards", "steward"), ("desk", "partner(saramin)")].map(|(a, b)| (a.into(), b.into())).into(),
            allow_private: false,
        };
        for (said, want) in [
            (json!({ "groups": ["stewards", "admin", "root"] }), "steward"),
            (json!({ "groups": "desk" }), "partner(saramin)"),
            (json!({ "groups": ["desk", "stewards", "desk"] }), "partner(saramin),steward"),
            (json!({ "groups": [1, null] }), ""),
            (json!({ "roles": ["stewards"] }), ""),
        ] {
            assert_eq!(Actor::new("a", roles_of(&rules, &said).unwrap()).roles_text(), want, "{said}");
        }
    }
}
