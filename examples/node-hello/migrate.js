// Stands for a real migration: run it with `paas run migrate`.
console.log(`migrating for ${process.env.NODE_ENV}: nothing to do`);
