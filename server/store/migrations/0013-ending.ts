/** When an instance was told to end: a server that starts later has to know that it does no job any more. */
export const ending = `
alter table instances add column ending_at timestamptz;
`;
