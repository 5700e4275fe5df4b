package cli

import "empress/storage/postgrestest"

// Postgres is the server that tests share which do not end it.
var Postgres postgrestest.Shared
