//! The schema, in order. One text serves both databases; what they spell differently is a placeholder.
//! Migrations only ever expand; a column is dropped one release after nothing reads it.

pub use sea_orm_migration::prelude::MigratorTrait;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

/// All migrations.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let texts = [
            ("m0001_hub", include_str!("m0001_hub.sql")),
            ("m0002_review", include_str!("m0002_review.sql")),
            ("m0003_people", include_str!("m0003_people.sql")),
            ("m0004_lifecycle", include_str!("m0004_lifecycle.sql")),
            ("m0005_linked", include_str!("m0005_linked.sql")),
            ("m0006_vetting", include_str!("m0006_vetting.sql")),
            ("m0007_matching", include_str!("m0007_matching.sql")),
        ];
        texts.into_iter().map(|(name, text)| Box::new(Sql { name, text }) as Box<dyn MigrationTrait>).collect()
    }
}

/// A migration written as SQL statements, each ended by `;` at the end of a line.
struct Sql {
    name: &'static str,
    text: &'static str,
}

impl MigrationName for Sql {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Sql {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for statement in statements(self.text, connection.get_database_backend()) {
            connection.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// The statements of a text as one database spells them.
fn statements(text: &str, backend: DbBackend) -> Vec<String> {
    let spellings: [(&str, &str, &str); 3] = [
        // placeholder, SQLite, PostgreSQL
        ("{blob}", "BLOB", "BYTEA"),
        // tables that are looked up by a compound key only
        ("{clustered}", "WITHOUT ROWID", ""),
        // queue-like tables die by bloat unless vacuumed often
        ("{churning}", "", "WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02)"),
    ];
    let body: String = text.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n");
    body.split(";\n")
        .map(|statement| {
            spellings.iter().fold(statement.trim().to_owned(), |text, (mark, sqlite, postgres)| {
                text.replace(mark, if backend == DbBackend::Sqlite { sqlite } else { postgres })
            })
        })
        .filter(|statement| !statement.is_empty())
        .collect()
}
