/** How routers treat apps' requests: settings as words, maintenance, hashes of basic auth; and pages of apps' own, as they were fetched last. */
export const http = `
create table http_settings (
  app_id text primary key references apps on delete cascade,
  state jsonb not null
);

create table http_pages (
  app_id text not null references apps on delete cascade,
  kind text not null check (kind in ('error', 'maintenance')),
  url text not null,
  page_id text,
  content text,
  fetched_at timestamptz,
  tried_at timestamptz,
  problem text,
  primary key (app_id, kind)
);
`;
