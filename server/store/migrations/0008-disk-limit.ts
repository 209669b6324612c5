/** What an instance kept on disk when it was stopped for that: {usedMb, limitMb}. */
export const diskLimit = `
alter table instances add column over_disk jsonb;
`;
