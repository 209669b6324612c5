/** Apps, the release ledger, builds, instances, routes, tokens, events. Rows of `releases` are never updated: a trigger refuses it. */
export const firstLight = `
create table apps (
  id text primary key,
  name text not null unique,
  formation jsonb not null,
  generation integer not null default 1,
  destroying boolean not null default false,
  created_at timestamptz not null default now()
);

create table domains (
  hostname text primary key,
  app_id text not null references apps on delete cascade,
  created_at timestamptz not null default now()
);
create index domains_app on domains (app_id);

create table tokens (
  id text primary key,
  name text not null,
  hash bytea not null unique,
  admin boolean not null,
  app_id text references apps on delete cascade,
  role text,
  created_at timestamptz not null default now(),
  check (admin = (app_id is null)),
  check ((app_id is null) = (role is null))
);

create table builds (
  id text primary key,
  app_id text not null references apps on delete cascade,
  commit text not null,
  ref text not null,
  old_commit text not null,
  status text not null,
  actor text not null,
  failure text,
  result jsonb,
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  finished_at timestamptz
);
create index builds_app on builds (app_id, created_at desc);
create index builds_open on builds (app_id) where status in ('queued', 'running');

create table releases (
  id text primary key,
  app_id text not null references apps on delete cascade,
  version integer not null,
  build_id text references builds on delete cascade,
  image jsonb,
  commit text,
  ref text,
  process_types jsonb not null,
  config bytea not null,
  config_names text[] not null,
  reason text not null,
  description text not null,
  actor text not null,
  parent_version integer,
  created_at timestamptz not null default clock_timestamp(),
  unique (app_id, version)
);

create function refuse_update() returns trigger language plpgsql as $$
begin
  raise exception 'releases are immutable';
end $$;
create trigger releases_immutable before update on releases for each row execute function refuse_update();

create table release_states (
  id bigint generated always as identity primary key,
  release_id text not null references releases on delete cascade,
  state text not null check (state in ('pending', 'proven', 'failed')),
  reason text,
  at timestamptz not null default clock_timestamp()
);
create index release_states_release on release_states (release_id, id desc);
create trigger release_states_immutable before update on release_states for each row execute function refuse_update();

create view release_now as
  select r.*, s.state, s.reason as failure, s.at as state_at
  from releases r
  cross join lateral (
    select state, reason, at from release_states where release_id = r.id order by id desc limit 1
  ) s;

create table instances (
  id text primary key,
  app_id text not null references apps on delete cascade,
  type text not null,
  slot integer not null,
  release_id text not null references releases on delete cascade,
  version integer not null,
  spec_hash text not null,
  address text not null,
  created_at timestamptz not null default clock_timestamp(),
  ready_at timestamptz,
  rotated boolean not null default false,
  left_rotation_at timestamptz,
  crashed_at timestamptz,
  exit_code integer,
  removed_at timestamptz
);
create unique index instances_address on instances (app_id, address) where removed_at is null;
create index instances_app on instances (app_id, created_at desc);
create index instances_crashed on instances (app_id, crashed_at) where crashed_at is not null;

create table routes (
  app_id text primary key references apps on delete cascade,
  mode text not null,
  targets jsonb not null,
  version bigint not null
);
create sequence route_versions;

create table events (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  app_id text not null,
  name text not null,
  data jsonb not null,
  actor text not null
);
create index events_app on events (app_id, id desc);
`;
