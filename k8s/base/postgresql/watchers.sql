-- Who only looks: Grafana's panels and the exporter of Prometheus. An owner of the database runs this once:
--   psql --set=grafana=PASSWORD --set=exporter=PASSWORD --file=watchers.sql
CREATE ROLE grafana LOGIN CONNECTION LIMIT 8 PASSWORD :'grafana';
ALTER ROLE grafana SET default_transaction_read_only = on;
ALTER ROLE grafana SET statement_timeout = '10s';
-- what panels ask, and nothing of people, keys or pictures
GRANT SELECT ON judged, reviews, tallies TO grafana;

CREATE ROLE exporter LOGIN CONNECTION LIMIT 4 PASSWORD :'exporter';
ALTER ROLE exporter SET default_transaction_read_only = on;
ALTER ROLE exporter SET statement_timeout = '10s';
GRANT pg_monitor TO exporter;
