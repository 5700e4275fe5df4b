// Package storage keeps the domain's data: it implements [model.Store] on
// SQLite.
//
// [Open] opens an existing database and brings its schema up to date;
// [Create] makes a new one. The sealing key lives in a file of its own, see
// [ReadKeyFile] and [CreateKeyFile]. Only SQLite ever touches the database's
// files: copying or opening them by hand can lose a change that was
// acknowledged.
//
// Every error that leaves the package is a *[model.Error] or wraps one; the
// driver's own text is its cause, for operators.
package storage
