/** Restarts of single types and places, a release's health checks, and what became of an instance: unhealthy, out of memory, last words. */
export const health = `
alter table apps add column generations jsonb not null default '{}';

alter table releases add column health_checks jsonb not null default '{}';
drop view release_now;
create view release_now as
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

alter table instances
  add column unhealthy text,
  add column oom_limit_mb integer,
  add column last_lines text[] not null default '{}';
`;
