-- The login roles of the portal on an outside PostgreSQL server (15 or newer), for servers where the portal's own connection may not create roles.
-- Run once as a superuser:  psql -v password="'...'" -v owner=portal_owner -f roles.sql
-- Then give the portal Database__ConnectionString (the owner) and Database__RolePassword (the password below).
--   portal_app       requests: subject to row-level security
--   portal_platform  work across organizations, opened by the gateway alone
--   portal_bulk      COPY of bills: may insert and cannot read; row-level security does not support COPY, so it is exempt from it,
--                    and its organization is fixed by the connection's own setting and a column default it cannot override
CREATE ROLE portal_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOBYPASSRLS PASSWORD :password;
CREATE ROLE portal_platform LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOBYPASSRLS PASSWORD :password;
CREATE ROLE portal_bulk LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT BYPASSRLS PASSWORD :password;
ALTER ROLE portal_app SET statement_timeout = '60s';
-- The owner migrates the schema and hands out the grants.
GRANT CREATE, USAGE ON SCHEMA public TO :owner;
