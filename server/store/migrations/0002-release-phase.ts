/**
 * The release phase. A row of `release_commands` stands beside each release that has a command; only the scheduler writes it after that.
 * Marked as started before its container is: so a command runs at most once.
 */
export const releasePhase = `
create table release_commands (
  release_id text primary key references releases on delete cascade,
  app_id text not null references apps on delete cascade,
  version integer not null,
  skipped boolean not null,
  started_at timestamptz,
  ended_at timestamptz,
  exit_code integer,
  log_cursor text,
  output_bytes bigint not null default 0,
  removed_at timestamptz
);
create index release_commands_present on release_commands (app_id) where removed_at is null;

create table release_output (
  id bigint generated always as identity primary key,
  release_id text not null references releases on delete cascade,
  text text not null
);
create index release_output_release on release_output (release_id, id);

create or replace view release_now as
  select r.*, s.state, s.reason as failure, s.at as state_at,
    case
      when c.release_id is null then null
      when c.skipped then 'skipped'
      when c.exit_code = 0 then 'succeeded'
      when c.exit_code is not null then 'failed'
      when c.started_at is null then 'unstarted'
      when s.state = 'failed' then 'unknown'
      else 'running'
    end as command,
    c.ended_at as command_ended_at
  from releases r
  cross join lateral (
    select state, reason, at from release_states where release_id = r.id order by id desc limit 1
  ) s
  left join release_commands c on c.release_id = r.id;
`;
