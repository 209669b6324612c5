/** TXT records that the DNS hook was told to add and has not removed yet. */
export const acmeRecords = `
create table acme_records (
  name text not null,
  value text not null,
  failures integer not null default 0,
  problem text,
  next_at timestamptz not null default clock_timestamp(),
  primary key (name, value)
);
`;
