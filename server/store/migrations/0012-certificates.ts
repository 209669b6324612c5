/**
 * Certificates with their keys, sealed; what apps want of TLS (null: the default); the key, accounts and orders at ACME authorities.
 * A certificate without an app is the platform's.
 */
export const certificates = `
create table certificates (
  id text primary key,
  app_id text references apps on delete cascade,
  own boolean not null,
  hostnames text[] not null,
  issuer text not null,
  not_before timestamptz not null,
  not_after timestamptz not null,
  fingerprint text not null,
  key_type text not null,
  trusted boolean not null,
  sealed bytea not null,
  created_at timestamptz not null default clock_timestamp()
);
create index certificates_app on certificates (app_id);

alter table apps add column tls jsonb;

create table acme_key (
  one boolean primary key default true check (one),
  sealed bytea not null,
  thumbprint text not null
);

create table acme_accounts (
  directory text primary key,
  url text not null
);

create table acme_orders (
  hostname text primary key,
  app_id text not null references apps on delete cascade,
  url text,
  sealed_key bytea,
  failures integer not null default 0,
  problem text,
  tried_at timestamptz,
  next_at timestamptz not null default clock_timestamp()
);
create index acme_orders_app on acme_orders (app_id);
`;
