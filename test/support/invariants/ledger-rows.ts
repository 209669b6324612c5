/** A rule of the ledger, and the statement that finds what breaks it: rows of one text column `what`. */
export interface RowInvariant {
  rule: string;
  breaches: string;
}

/** What holds at every moment, also while things are under way or broken. */
export const always: RowInvariant[] = [
  {
    rule: "the versions of an app begin at 1 and have no gap",
    breaches: `select a.name || ' has ' || string_agg(r.version::text, ' ' order by r.version) as what
      from releases r join apps a on a.id = r.app_id group by a.id
      having min(r.version) <> 1 or max(r.version) <> count(*)`,
  },
  {
    rule: "an app has at most one pending release",
    breaches: `select a.name || ' has ' || string_agg(r.version::text, ' ') as what
      from release_now r join apps a on a.id = r.app_id where r.state = 'pending' group by a.id having count(*) > 1`,
  },
  {
    rule: "only an app's newest release can be pending",
    breaches: `select a.name || ' v' || r.version as what from release_now r join apps a on a.id = r.app_id
      where r.state = 'pending' and exists (select 1 from releases n where n.app_id = r.app_id and n.version > r.version)`,
  },
  {
    rule: "a release has a state, and goes from pending to proven or failed, from proven to failed, and no other way",
    breaches: `select 'release ' || r.id || ': ' || coalesce(before, 'nothing') || ' -> ' || coalesce(state, 'nothing') as what
      from releases r left join (
        select release_id, state, lag(state) over (partition by release_id order by id) as before from release_states
      ) s on s.release_id = r.id
      where (coalesce(before, ''), coalesce(state, '')) not in
        (('', 'pending'), ('', 'proven'), ('pending', 'proven'), ('pending', 'failed'), ('proven', 'failed'))`,
  },
  {
    rule: "a release follows an earlier one of its app",
    breaches: `select 'v' || r.version || ' of ' || r.app_id || ' follows v' || r.parent_version as what from releases r
      where r.parent_version is not null and (r.parent_version >= r.version or not exists (
        select 1 from releases p where p.app_id = r.app_id and p.version = r.parent_version))`,
  },
  {
    rule: "what became of a release was told once",
    breaches: `select 'v' || r.version || ' of ' || r.app_id || ': ' || count(e.id) || ' events for ' || s.state as what
      from release_states s join releases r on r.id = s.release_id
      left join events e on e.app_id = r.app_id and e.name = 'release:' || s.state and (e.data->>'version')::int = r.version
      where s.state <> 'pending' group by s.id, r.id having count(e.id) <> 1`,
  },
  {
    rule: "a build that has ended says when, was told once, and one that succeeded has a result",
    breaches: `select 'build ' || b.id || ' ' || b.status as what from builds b
      where (b.status in ('queued', 'running')) <> (b.finished_at is null)
        or (b.status = 'succeeded') <> (b.result is not null)
        or (b.finished_at is not null and 1 <> (
          select count(*) from events e where e.name = 'build:finished' and e.data->>'buildId' = b.id))`,
  },
  {
    rule: "a build that succeeded became one release, of its app and commit; no other build became any",
    breaches: `select 'build ' || b.id || ' ' || b.status || ' became ' || count(r.id) || ' releases' as what
      from builds b left join releases r on r.build_id = b.id and r.reason = 'deploy' group by b.id
      having count(r.id) <> case when b.status = 'succeeded' then 1 else 0 end
        or not coalesce(bool_and(r.commit = b.commit and r.app_id = b.app_id and r.ref = b.ref), true)`,
  },
  {
    rule: "an instance is of a release of its app",
    breaches: `select 'instance ' || i.id as what from instances i join releases r on r.id = i.release_id
      where i.app_id <> r.app_id or i.version <> r.version or r.image is null`,
  },
  {
    rule: "no two instances have one address",
    breaches: `select address || ': ' || string_agg(id, ' ') as what from instances
      where removed_at is null group by address having count(*) > 1`,
  },
  {
    rule: "only what became ready was routed to",
    breaches: `select 'instance ' || id as what from instances where rotated and ready_at is null`,
  },
  {
    rule: "an instance's crash and its removal were told once each",
    breaches: `select 'instance ' || i.id || ': ' || n.name as what from instances i
      cross join (values ('instance:crashed'), ('instance:stopped')) as n(name)
      where (select count(*) from events e where e.name = n.name and e.data->>'instanceId' = i.id) <>
        case when case n.name when 'instance:crashed' then i.crashed_at else i.removed_at end is null then 0 else 1 end`,
  },
  {
    rule: "a route's targets are ready instances of that app, at their addresses, which have not left",
    breaches: `select a.name || ' is routed to ' || (t->>'instanceId') || ' at ' || (t->>'address') as what
      from routes r join apps a on a.id = r.app_id cross join jsonb_array_elements(r.targets) t
      left join instances i on i.id = t->>'instanceId' and i.app_id = r.app_id and i.address = t->>'address'
        and i.type = 'web' and i.removed_at is null and i.ready_at is not null and i.left_rotation_at is null
      where i.id is null`,
  },
  {
    rule: "an app is routed to the instances of one release",
    breaches: `select a.name || ': v' || string_agg(distinct t->>'release', ' v') as what
      from routes r join apps a on a.id = r.app_id cross join jsonb_array_elements(r.targets) t
      group by a.id having count(distinct t->>'release') > 1`,
  },
  {
    rule: "no route is newer than the table's version",
    breaches: `select app_id || ' at ' || version as what from routes
      where version > (select last_value from route_versions)`,
  },
  {
    rule: "a release command is started at most once, and ends after it started",
    breaches: `select 'command of ' || c.release_id as what from release_commands c
      where (c.exit_code is not null and (c.started_at is null or c.ended_at is null))
        or (select count(*) from events e where e.app_id = c.app_id and e.name = 'command:started'
            and (e.data->>'version')::int = c.version) <> case when c.started_at is null then 0 else 1 end`,
  },
  {
    rule: "a release with a command is proven only after it succeeded, or was left out",
    breaches: `select 'v' || version || ' of ' || app_id || ': command ' || command as what from release_now
      where state = 'proven' and command not in ('succeeded', 'skipped')`,
  },
  {
    rule: "an open bake is of a proven release that nothing proven came after",
    breaches: `select 'v' || b.version || ' of ' || b.app_id as what from bakes b join release_now r on r.id = b.release_id
      where b.ended_at is null and (r.state <> 'proven' or exists (
        select 1 from release_now n where n.app_id = b.app_id and n.state = 'proven' and n.version > b.version))`,
  },
  {
    rule: "a proven release failed after all exactly when it failed its bake, and that went back to an older one",
    breaches: `select 'v' || r.version || ' of ' || r.app_id || ': bake ' || coalesce(b.outcome, 'none') as what
      from release_now r left join bakes b on b.release_id = r.id
      where (b.old_version >= b.version) or coalesce(b.outcome = 'failed', false) <> (r.state = 'failed' and exists (
        select 1 from release_states s where s.release_id = r.id and s.state = 'proven'))`,
  },
];

/** What holds as well once nothing is under way. */
export const atRest: RowInvariant[] = [
  {
    rule: "no build is open",
    breaches: `select 'build ' || id || ' ' || status as what from builds where status in ('queued', 'running')`,
  },
  {
    rule: "no release is pending",
    breaches: `select a.name || ' v' || r.version as what from release_now r join apps a on a.id = r.app_id where r.state = 'pending'`,
  },
  {
    rule: "nothing bakes",
    breaches: "select 'v' || version || ' of ' || app_id as what from bakes where ended_at is null",
  },
  { rule: "no app is half destroyed", breaches: "select name as what from apps where destroying" },
  {
    rule: "instances are those of the current release, ready, and none drains",
    breaches: `select a.name || ' ' || i.type || '.' || i.slot || ' of v' || i.version || ' (' || i.id || ')' as what
      from instances i join apps a on a.id = i.app_id where i.removed_at is null
      and (i.ready_at is null or i.left_rotation_at is not null or i.unhealthy is not null or i.version is distinct from
        (select max(version) from release_now r where r.app_id = i.app_id and r.state = 'proven'))`,
  },
  {
    rule: "every place of the formation has one instance, and no other place has any",
    breaches: `with current as (
        select distinct on (app_id) app_id, process_types from release_now
        where state = 'proven' and image is not null order by app_id, version desc
      ), wanted as (
        select a.id as app_id, q.key as type, slot from apps a join current c on c.app_id = a.id
        cross join jsonb_each_text(a.formation->'quantities') q cross join generate_series(1, q.value::int) slot
        where c.process_types ? q.key
      )
      select coalesce(w.app_id, i.app_id) || ' ' || coalesce(w.type, i.type) || '.' || coalesce(w.slot, i.slot) || ': ' || count(i.id) as what
      from wanted w full join (select * from instances where removed_at is null) i
        on i.app_id = w.app_id and i.type = w.type and i.slot = w.slot
      group by coalesce(w.app_id, i.app_id), coalesce(w.type, i.type), coalesce(w.slot, i.slot), w.app_id
      having count(i.id) <> 1 or w.app_id is null`,
  },
  {
    rule: "an app is routed to all its web instances",
    breaches: `select a.name || ' ' || i.id as what from instances i join apps a on a.id = i.app_id
      left join routes r on r.app_id = i.app_id
      where i.removed_at is null and i.type = 'web' and (r.mode is distinct from 'serve' or not exists (
        select 1 from jsonb_array_elements(r.targets) t where t->>'instanceId' = i.id))`,
  },
  {
    rule: "every receipt is complete",
    breaches: `select 'v' || version || ' of ' || app_id as what from receipts where drained_at is null`,
  },
  {
    rule: "no release command is left",
    breaches: `select 'of v' || version || ' of ' || app_id as what from release_commands where removed_at is null`,
  },
];
