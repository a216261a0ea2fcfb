-- Who only looks: Grafana's panels and the exporter of Prometheus. An owner of the database runs it, as often as they like:
--   psql --set=grafana=PASSWORD --set=exporter=PASSWORD --file=watchers.sql
\set ON_ERROR_STOP on
SELECT 'CREATE ROLE ' || name FROM (VALUES ('grafana'), ('exporter')) AS wanted (name)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

ALTER ROLE grafana LOGIN CONNECTION LIMIT 8 PASSWORD :'grafana';
ALTER ROLE grafana SET default_transaction_read_only = on;
ALTER ROLE grafana SET statement_timeout = '10s';
-- what panels ask, and nothing of people, keys or pictures
GRANT SELECT ON judged, reviews, tallies TO grafana;

ALTER ROLE exporter LOGIN CONNECTION LIMIT 4 PASSWORD :'exporter';
ALTER ROLE exporter SET default_transaction_read_only = on;
ALTER ROLE exporter SET statement_timeout = '10s';
GRANT pg_monitor TO exporter;
