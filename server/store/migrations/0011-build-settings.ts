/** What an app's builds are told beside its repository: root, Dockerfile, context, target. */
export const buildSettings = `
create table build_settings (
  app_id text primary key references apps on delete cascade,
  settings jsonb not null
);
`;
