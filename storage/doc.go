// Package storage keeps the domain's data: it implements [model.Store] on
// SQLite, as [Store], and on PostgreSQL, as [Postgres], by one set of queries.
//
// [Open] opens an existing database and brings its schema up to date;
// [Create] makes a new one; [OpenPostgres] and [CreatePostgres] do so on a
// server. The sealing key lives in a file of its own, see [ReadKeyFile] and
// [CreateKeyFile]. Only SQLite ever touches its database's files: copying or
// opening them by hand can lose a change that was acknowledged.
//
// Queries are written for SQLite, and postgres_dialect.go says what PostgreSQL
// does otherwise.
//
// Every error that leaves the package is a *[model.Error] or wraps one; the
// driver's own text is its cause, for operators.
package storage
