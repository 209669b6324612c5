/** One-offs and the clock of schedules. A due time of a schedule is written before its container is made: its key keeps it from being started twice. */
export const oneOffs = `
create table runs (
  id text primary key,
  app_id text not null references apps on delete cascade,
  name text not null,
  kind text not null check (kind in ('attached', 'detached', 'cron')),
  command text not null,
  version integer not null,
  actor text not null,
  due_at timestamptz,
  started_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  exit_code integer,
  outcome text,
  check ((ended_at is null) = (outcome is null))
);
create unique index runs_due on runs (app_id, name, due_at) where due_at is not null;
create unique index runs_open_name on runs (app_id, name) where ended_at is null and kind <> 'cron';
create index runs_app on runs (app_id, started_at desc);
create index runs_open on runs (app_id) where ended_at is null;

-- One row: up to when schedules were watched. What was due after it, and was not started, was missed.
create table cron_clock (
  single boolean primary key default true check (single),
  watched_until timestamptz not null
);
`;
