//! Rows and queries on SQLite or PostgreSQL, one table a file. Holds no rule: what a state means is decided elsewhere.
//! The only crate that names sea-orm.

pub mod acquisition;
pub mod audit;
pub mod batch;
mod bulk;
pub mod bulk_rule;
pub mod business;
pub mod candidate;
pub mod case;
pub mod case_lease;
pub mod course;
pub mod decision;
pub mod event;
pub mod evidence;
pub mod hire;
pub mod history;
pub mod labour_window;
pub mod lease;
pub mod ledger;
pub mod matching;
pub mod model;
pub mod onboarding;
pub mod page;
pub mod partner;
pub mod permit;
pub mod person;
pub mod posting;
pub mod run;
pub mod signal;
pub mod source;
pub mod stage;
pub mod standing;
pub mod tally;
pub mod trend;
pub mod vacancy;
pub mod verdict;

use std::sync::Arc;
use std::time::Duration;

use migrations::MigratorTrait;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, Statement,
    TransactionOptions, TransactionTrait, Value,
};

/// Connections of a PostgreSQL pool, and readers of a SQLite one.
const CONNECTIONS_MAX: u32 = 8;
/// Page cache of the SQLite writer: the indexes of some 200,000 postings.
const WRITER_CACHE_KIB: u32 = 256 << 10;
/// Page cache of each SQLite reader.
const READER_CACHE_KIB: u32 = 16 << 10;
/// How long a SQLite writer of another process is waited for.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// First SQLite without the checkpoint race that corrupts files (3.7.0 to 3.51.2 have it).
const SQLITE_VERSION_MIN: (u32, u32, u32) = (3, 51, 3);

/// What went wrong in the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or is gone.
    #[error("the database refused: {0}")]
    Database(#[from] DbErr),
    /// A row does not hold what its column promises.
    #[error("{table} row {id}: {what}")]
    Corrupt {
        /// Table.
        table: &'static str,
        /// Key of the row.
        id: String,
        /// What is wrong with it.
        what: String,
    },
    /// The lease was taken over by another process: nothing was written.
    #[error("the lease `{0}` is held by another process now; nothing was written")]
    Fenced(String),
    /// Two postings have the same 64-bit id.
    #[error("postings `{0}` and `{1}` have the same id; rename one at its source")]
    IdCollision(String, String),
    /// The address of the database, or its version, will not do.
    #[error("{0}")]
    Unusable(String),
}

/// Result of store calls.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A store: cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    readers: DatabaseConnection,
    writer: DatabaseConnection,
    /// Orders the writers of this process, so that they queue instead of polling a busy file.
    turn: Arc<tokio::sync::Mutex<()>>,
    url: Arc<str>,
}

/// A write transaction; nothing is kept unless [`commit`](Tx::commit) is called.
#[derive(Debug)]
pub struct Tx {
    inner: DatabaseTransaction,
    _turn: Option<tokio::sync::OwnedMutexGuard<()>>,
}

impl Store {
    /// Opens a store, creating a SQLite file that is not there. `sqlite:<path>`, `postgres://…`, or a bare path.
    ///
    /// # Errors
    /// When the database cannot be reached, or is a SQLite with the checkpoint race.
    pub async fn open(url: &str) -> Result<Store> {
        let url =
            if url.contains("://") || url.starts_with("sqlite:") { url.to_owned() } else { format!("sqlite:{url}") };
        let sqlite = url.starts_with("sqlite:");
        let connect = |connections: u32, cache_kib: u32| {
            let cache_size = format!("-{cache_kib}");
            let mut options = ConnectOptions::new(url.clone());
            options
                .max_connections(connections)
                .min_connections(1)
                .acquire_timeout(Duration::from_secs(60))
                .sqlx_logging(false)
                .record_stmt_in_spans(false)
                .test_before_acquire(false);
            if sqlite {
                options.map_sqlx_sqlite_opts(move |options| {
                    options
                        .create_if_missing(true)
                        .busy_timeout(BUSY_TIMEOUT)
                        .statement_cache_capacity(512)
                        .pragma("journal_mode", "WAL")
                        // NORMAL loses acknowledged commits in a power cut
                        .pragma("synchronous", "FULL")
                        .pragma("temp_store", "MEMORY")
                        .pragma("cache_size", cache_size.clone())
                        .pragma("wal_autocheckpoint", "4000")
                        .pragma("journal_size_limit", "67108864")
                });
            }
            Database::connect(options)
        };
        let writer = connect(if sqlite { 1 } else { CONNECTIONS_MAX }, WRITER_CACHE_KIB).await?;
        let readers = if sqlite { connect(CONNECTIONS_MAX, READER_CACHE_KIB).await? } else { writer.clone() };
        let store = Store { readers, writer, turn: Arc::new(tokio::sync::Mutex::new(())), url: url.into() };
        if sqlite {
            store.check_sqlite_version().await?;
        }
        Ok(store)
    }

    /// Applies the migrations that are missing; gives how many there were.
    ///
    /// # Errors
    /// When one fails; those before it stay applied.
    pub async fn migrate(&self) -> Result<usize> {
        let pending = migrations::Migrator::get_pending_migrations(&self.writer).await?.len();
        migrations::Migrator::up(&self.writer, None).await?;
        Ok(pending)
    }

    /// Names of the migrations that are not applied yet.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn pending_migrations(&self) -> Result<Vec<String>> {
        let pending = migrations::Migrator::get_pending_migrations(&self.writer).await?;
        Ok(pending.iter().map(|m| m.name().to_owned()).collect())
    }

    /// Starts a write transaction that no other writer, of any process, overlaps.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn write(&self) -> Result<Tx> {
        let sqlite = self.is_sqlite();
        let turn = if sqlite { Some(self.turn.clone().lock_owned().await) } else { None };
        let inner = self
            .writer
            .begin_with_options(TransactionOptions {
                sqlite_transaction_mode: Some(sea_orm::SqliteTransactionMode::Immediate),
                ..Default::default()
            })
            .await?;
        let tx = Tx { inner, _turn: turn };
        if !sqlite {
            tx.all("SELECT 1 FROM lease WHERE name = 'writer' FOR UPDATE", vec![]).await?;
        }
        Ok(tx)
    }

    /// Whether this is the embedded SQLite.
    pub fn is_sqlite(&self) -> bool {
        self.writer.get_database_backend() == DbBackend::Sqlite
    }

    /// Where the store is, without a password.
    pub fn place(&self) -> String {
        match self.url.rsplit_once('@') {
            Some((_, place)) => format!("postgres://{place}"),
            None => self.url.to_string(),
        }
    }

    /// Version of the database program.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn version(&self) -> Result<String> {
        let sql = if self.is_sqlite() { "SELECT sqlite_version() AS v" } else { "SHOW server_version" };
        let row = self.all(sql, vec![]).await?.into_iter().next();
        let row = row.ok_or_else(|| StoreError::Unusable("the database does not say its version".to_owned()))?;
        Ok(row.try_get_by_index(0)?)
    }

    /// What the writing connection does at a commit: SQLite's `synchronous` (FULL survives a power cut), PostgreSQL's
    /// `synchronous_commit`.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn durability(&self) -> Result<String> {
        let sql = if self.is_sqlite() { "PRAGMA synchronous" } else { "SHOW synchronous_commit" };
        let statement = Statement::from_string(self.writer.get_database_backend(), sql);
        let row = self.writer.query_one_raw(statement).await?;
        let row = row.ok_or_else(|| StoreError::Unusable("the database does not say how it commits".to_owned()))?;
        if !self.is_sqlite() {
            return Ok(row.try_get_by_index(0)?);
        }
        let level: i64 = row.try_get_by_index(0)?;
        Ok(match level {
            0 => "OFF",
            1 => "NORMAL",
            2 => "FULL",
            _ => "EXTRA",
        }
        .to_owned())
    }

    /// Closes all connections.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn close(self) -> Result<()> {
        self.readers.close_by_ref().await?;
        self.writer.close_by_ref().await?;
        Ok(())
    }

    async fn check_sqlite_version(&self) -> Result<()> {
        let version = self.version().await?;
        let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
        let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0));
        if found < SQLITE_VERSION_MIN {
            return Err(StoreError::Unusable(format!(
                "SQLite {version} can corrupt a file; build with 3.51.3 or newer"
            )));
        }
        Ok(())
    }
}

impl Tx {
    /// Makes everything of this transaction last.
    ///
    /// # Errors
    /// When the database refuses; then nothing was kept.
    pub async fn commit(self) -> Result<()> {
        Ok(self.inner.commit().await?)
    }
}

/// Reading, the same inside a transaction and outside.
pub(crate) trait Reads {
    async fn all(&self, sql: &str, values: Vec<Value>) -> Result<Vec<sea_orm::QueryResult>>;
    fn backend(&self) -> DbBackend;

    async fn models<M: sea_orm::FromQueryResult>(&self, sql: &str, values: Vec<Value>) -> Result<Vec<M>> {
        let rows = self.all(sql, values).await?;
        rows.iter().map(|row| M::from_query_result(row, "").map_err(StoreError::from)).collect()
    }

    async fn first<M: sea_orm::FromQueryResult>(&self, sql: &str, values: Vec<Value>) -> Result<Option<M>> {
        Ok(self.models(sql, values).await?.into_iter().next())
    }

    /// The first column of the first row, as a number; 0 where there is none.
    async fn number(&self, sql: &str, values: Vec<Value>) -> Result<i64> {
        let row = self.all(sql, values).await?.into_iter().next();
        Ok(row.map(|row| row.try_get_by_index::<Option<i64>>(0)).transpose()?.flatten().unwrap_or(0))
    }
}

impl Reads for Store {
    async fn all(&self, sql: &str, values: Vec<Value>) -> Result<Vec<sea_orm::QueryResult>> {
        Ok(self.readers.query_all_raw(Statement::from_sql_and_values(self.backend(), sql, values)).await?)
    }

    fn backend(&self) -> DbBackend {
        self.readers.get_database_backend()
    }
}

impl Reads for Tx {
    async fn all(&self, sql: &str, values: Vec<Value>) -> Result<Vec<sea_orm::QueryResult>> {
        Ok(self.inner.query_all_raw(Statement::from_sql_and_values(self.backend(), sql, values)).await?)
    }

    fn backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }
}

impl Tx {
    /// Runs a statement; gives the number of rows it changed.
    pub(crate) async fn run(&self, sql: &str, values: Vec<Value>) -> Result<u64> {
        let done = self.inner.execute_raw(Statement::from_sql_and_values(self.backend(), sql, values)).await?;
        Ok(done.rows_affected())
    }
}
