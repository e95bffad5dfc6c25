//! stub
pub fn router(_world: crate::world::World) -> axum::Router {
    axum::Router::new()
}
