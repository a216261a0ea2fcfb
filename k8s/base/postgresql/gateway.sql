-- Who writes what the line finds: it changes rows, and no table. An owner of the database runs it, as often as they like,
-- before the migrations or after them:
--   psql --username=aoi --set=gateway=PASSWORD --file=gateway.sql
\set ON_ERROR_STOP on
SELECT 'CREATE ROLE gateway' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gateway') \gexec

ALTER ROLE gateway LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION CONNECTION LIMIT 80 PASSWORD :'gateway';
-- an owner's tables of today, and those that migrations will add
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO gateway;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO gateway;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO gateway;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO gateway;
-- which tables there are, migrations alone say
DO $$ BEGIN
  IF to_regclass('public.results_version') IS NOT NULL THEN
    REVOKE INSERT, UPDATE, DELETE ON results_version FROM gateway;
  END IF;
END $$;
