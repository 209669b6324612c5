/** What was uploaded, in the words of who did it; null for a push. */
export const uploads = `
alter table builds add column upload text;
`;
