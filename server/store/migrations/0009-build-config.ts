/** Config vars that an app's builds get; sealed like a release's. Apart from the config of releases, which builds never see. */
export const buildConfig = `
create table build_config (
  app_id text primary key references apps on delete cascade,
  sealed bytea not null
);
`;
