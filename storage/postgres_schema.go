package storage

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"empress/model"
)

// InspectSchema compares the database's schema with what the migrations make:
// they are made once more, as temporary tables of a transaction that is rolled
// back, and the server's catalogue is asked about both. It returns the
// differences, in words. That the user may make no temporary tables is an error.
func (s *Postgres) InspectSchema(ctx context.Context) ([]string, error) {
	db := s.address.pool(forComparing, 1)
	got, want, err := s.bothSchemas(ctx, db)
	err = errors.Join(err, db.Close())
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok && refused.Code == mayNot {
		return nil, model.Errorf(model.CodeFailed, "The schema was not compared with what empress makes, as the user of %s may make no temporary tables. Let the database's owner run: GRANT TEMPORARY ON DATABASE", s.Place()).Because(err)
	}
	if err != nil {
		return nil, s.mapError(err)
	}
	return differences(got, want, " Find out who made it, and remove it or move it to another database."), nil
}

// bothSchemas reads the schema that there is, and the one that the migrations
// make. The index of what is searched is only made where there is one.
func (s *Postgres) bothSchemas(ctx context.Context, db *sql.DB) (got, want []object, err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, nil, err
	}
	defer tx.Rollback() //nolint:errcheck // nothing that was made is to stay
	if got, err = catalogue(ctx, tx, ownSchema); err != nil {
		return nil, nil, err
	}
	if _, err = tx.ExecContext(ctx, "SELECT set_config('search_path', 'pg_temp, ' || current_setting('search_path'), true)"); err != nil {
		return nil, nil, err
	}
	steps, err := fs.Glob(postgresMigrations, "migrations/postgres/*.sql")
	if err == nil {
		err = makeSteps(ctx, tx, steps)
	}
	if err == nil && slices.ContainsFunc(got, object{kind: "index", name: "keys_searched"}.is) {
		err = s.indexSearch(ctx, tx)
	}
	if err == nil {
		want, err = catalogue(ctx, tx, "pg_my_temp_schema()")
	}
	return got, want, err
}

// ownSchema is the schema that empress's tables are in, as an expression.
const ownSchema = "(SELECT relnamespace FROM pg_class WHERE oid = to_regclass('empress_schema'))"

// catalogue lists the parts of a schema, with what defines each, whatever the
// schema is called: of empress's own tables all, of others that they are there.
// What belongs to an extension is left out. An unlogged table, and a reference
// that is not looked after, read otherwise than what the migrations make.
func catalogue(ctx context.Context, tx *sql.Tx, schema string) ([]object, error) {
	tables, err := ownTables()
	if err != nil {
		return nil, err
	}
	rs, err := tx.QueryContext(ctx, `WITH here AS (SELECT c.* FROM pg_class c WHERE relnamespace = `+schema+`
			AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')),
		ours AS (SELECT * FROM here WHERE relkind = 'r' AND relname = ANY (string_to_array(?, ' ')))
		SELECT CASE relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
				WHEN 'f' THEN 'foreign table' WHEN 'p' THEN 'partitioned table' ELSE 'type' END AS kind, relname AS name,
			concat(relpersistence = 'u', relrowsecurity, relforcerowsecurity, EXISTS (SELECT FROM pg_inherits WHERE here.oid IN (inhparent, inhrelid))) AS text
			FROM here WHERE relkind NOT IN ('i', 'I')
		UNION ALL SELECT 'column', concat(relname, '.', attname), concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, attidentity, collname, pg_get_expr(adbin, adrelid))
			FROM ours JOIN pg_attribute ON attrelid = ours.oid AND attnum > 0 AND NOT attisdropped
			LEFT JOIN pg_collation ON pg_collation.oid = attcollation LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
		UNION ALL SELECT 'index', i.relname, concat(indisunique, ' on ', ours.relname, substring(pg_get_indexdef(i.oid) FROM ' USING .*'))
			FROM ours JOIN pg_index ON indrelid = ours.oid JOIN pg_class i ON i.oid = indexrelid
		UNION ALL SELECT 'constraint', concat(relname, '.', conname),
			concat_ws(' ', pg_get_constraintdef(c.oid), convalidated, (SELECT bool_and(tgenabled = 'O') FROM pg_trigger WHERE tgconstraint = c.oid))
			FROM ours JOIN pg_constraint c ON conrelid = ours.oid
		UNION ALL SELECT 'function', proname, '' FROM pg_proc p WHERE pronamespace = `+schema+`
			AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
		ORDER BY kind, name`, strings.Join(tables, " "))
	if err != nil {
		return nil, err
	}
	return objects(rs)
}
