//! Who may what. Every route is registered together with who may ask for it; the same words make the table that tests walk.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};

use super::gate::Visit;
use super::problem::Problem;
use super::{Console, entry};
use crate::people::{Actor, Role};

const VIEWER: u8 = 1;
const PARTNER: u8 = 2;
const STEWARD: u8 = 4;
const LEAD: u8 = 8;
const OPERATOR: u8 = 16;
const ADMIN: u8 = 32;

/// A set of roles, of which one is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct May(u8);

impl May {
    /// Everybody, also who has not come in.
    pub const ANYBODY: May = May(0xff);
    /// Whoever has come in.
    pub const ENTERED: May = May(VIEWER | PARTNER | STEWARD | LEAD | OPERATOR | ADMIN);
    /// Looks at all sources: everybody but partners.
    pub const LOOK: May = May(VIEWER | STEWARD | LEAD | OPERATOR | ADMIN);
    /// Decides cases.
    pub const DECIDE: May = May(STEWARD | LEAD);
    /// Undoes others' decisions, is the second of two people.
    pub const LEAD: May = May(LEAD);
    /// Pauses, resumes, retries and connects sources.
    pub const OPERATE: May = May(OPERATOR | ADMIN);
    /// The second of two people for a source: who operates or leads.
    pub const PROMOTE: May = May(OPERATOR | LEAD | ADMIN);
    /// Sees contacts, saying why.
    pub const CONTACT: May = May(STEWARD | LEAD);
    /// Manages people.
    pub const ADMINISTER: May = May(ADMIN);
    /// Reads the log of who did what.
    pub const AUDIT: May = May(LEAD | ADMIN);
    /// Sees a partner's own rows, or all of them as staff; handlers ask [`Actor::may_see`] as well.
    pub const PARTNER: May = May::ENTERED;

    /// Whether a role is in it.
    pub fn includes(self, role: &Role) -> bool {
        let bit = match role {
            Role::Viewer => VIEWER,
            Role::Partner(_) => PARTNER,
            Role::Steward => STEWARD,
            Role::Lead => LEAD,
            Role::Operator => OPERATOR,
            Role::Admin => ADMIN,
        };
        self.0 & bit != 0
    }

    /// Whether somebody may.
    pub fn allows(self, actor: &Actor) -> bool {
        actor.roles.iter().any(|role| self.includes(role))
    }
}

/// One route and who may ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Right {
    /// GET or POST.
    pub method: &'static str,
    /// Path below the language.
    pub path: &'static str,
    /// Who.
    pub may: May,
}

/// Routes under way.
#[derive(Default)]
pub(crate) struct Screens {
    router: Router<Arc<Console>>,
    rights: Vec<Right>,
}

impl Screens {
    /// A page or fragment that is read.
    pub(crate) fn get<H, T>(self, path: &'static str, may: May, handler: H) -> Screens
    where
        H: Handler<T, Arc<Console>>,
        T: 'static,
    {
        self.with("GET", path, may, get(handler))
    }

    /// An action; its form carries the CSRF token.
    pub(crate) fn post<H, T>(self, path: &'static str, may: May, handler: H) -> Screens
    where
        H: Handler<T, Arc<Console>>,
        T: 'static,
    {
        self.with("POST", path, may, post(handler))
    }

    fn with(
        mut self,
        method: &'static str,
        path: &'static str,
        may: May,
        route: MethodRouter<Arc<Console>>,
    ) -> Screens {
        self.rights.push(Right { method, path, may });
        self.router = self.router.route(path, route.route_layer(from_fn_with_state(may, check)));
        self
    }

    pub(super) fn rights(self) -> Vec<Right> {
        self.rights
    }

    pub(super) fn into_router(self) -> Router<Arc<Console>> {
        self.router
    }
}

/// Lets a request through to its handler, to the login, or nowhere.
async fn check(State(may): State<May>, request: Request, next: Next) -> Response {
    if may == May::ANYBODY {
        return next.run(request).await;
    }
    let Some(visit) = request.extensions().get::<Visit>() else {
        return Problem::new(500, "broken").into_response();
    };
    match &visit.seat {
        None => entry::to_login(visit),
        Some(seat) if may.allows(&seat.actor) => next.run(request).await,
        Some(_) => Problem::new(403, "forbidden").into_response(),
    }
}
