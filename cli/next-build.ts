/** What is said after a change that only builds heed: a push of the same commit would bring no build. */
export const nextBuild = (app: string): string =>
  `The next push is built so; to build what is there already: paas rebuild -a ${app}`;
