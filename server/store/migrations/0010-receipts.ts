/** What each switch to a release cost. A table of its own: rows of `releases` are never updated, and this is complete only when the drain is. */
export const receipts = `
create table receipts (
  release_id text primary key references releases on delete cascade,
  app_id text not null references apps on delete cascade,
  version integer not null,
  switched_at timestamptz not null default clock_timestamp(),
  switch_ms integer,
  drained_at timestamptz,
  count jsonb
);
create index receipts_open on receipts (app_id) where drained_at is null;
`;
