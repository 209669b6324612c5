/** How long an app's instances drain, chosen by people; null is the default. */
export const drain = `
alter table apps add column drain jsonb;
`;
