/**
 * Bake windows. `bakes` has a row for each release that took over while its app had one; open until `ended_at`. An app has at most one open.
 * `told` names who has heard of one that failed.
 */
export const bake = `
alter table apps add column bake_ms integer;

create table bakes (
  release_id text primary key references releases on delete cascade,
  app_id text not null references apps on delete cascade,
  version integer not null,
  old_release_id text not null references releases on delete cascade,
  old_version integer not null,
  started_at timestamptz not null,
  ends_at timestamptz not null,
  ended_at timestamptz,
  outcome text check (outcome in ('passed', 'failed', 'superseded', 'stopped')),
  words text,
  before jsonb,
  count jsonb,
  told text[] not null default '{}',
  check ((ended_at is null) = (outcome is null))
);
create unique index bakes_open on bakes (app_id) where ended_at is null;
create index bakes_app on bakes (app_id, version desc);
`;
