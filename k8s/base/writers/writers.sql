-- Who writes what the line finds: it changes rows, and no table. An owner of the database runs it, as often as they like,
-- after the migrations:
--   psql --username=aoi --set=gateway=PASSWORD --file=writers.sql
\set ON_ERROR_STOP on
BEGIN;
-- the lock of the migrations, so that no table is made between the two kinds of rights below
DO $$ BEGIN PERFORM pg_advisory_xact_lock(6385513); END $$;
SELECT 'CREATE ROLE gateway' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gateway') \gexec

ALTER ROLE gateway LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION CONNECTION LIMIT 80 PASSWORD :'gateway';
-- an owner's tables of today, and those that migrations will add
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO gateway;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO gateway;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO gateway;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO gateway;
-- which tables there are, migrations alone say
REVOKE INSERT, UPDATE, DELETE ON results_version FROM gateway;
COMMIT;
