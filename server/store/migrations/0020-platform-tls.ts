/** What the platform's own host wants of TLS (absent: the default). An order at an ACME authority without an app is the platform's. */
export const platformTls = `
create table platform_tls (
  one boolean primary key default true check (one),
  tls jsonb not null
);
alter table acme_orders alter column app_id drop not null;
`;
