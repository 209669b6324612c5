/**
 * The schedule of a release, until now read from its build's result: one that was promoted had no build, and so none. And the most memory that
 * an instance had in use that was killed for it.
 */
export const cronAndPeaks = `
alter table releases add column cron jsonb not null default '[]';
alter table releases disable trigger releases_immutable;
update releases r set cron = b.result->'cron' from builds b where b.id = r.build_id and b.result ? 'cron';
alter table releases enable trigger releases_immutable;

alter table instances add column oom_peak_mb integer;

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
`;
