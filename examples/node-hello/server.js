const express = require("express");

// The line that the demo changes with every push.
const message = "Hello from paas";

const app = express();

app.get("/", (_request, response) => {
  const greeting = process.env.GREETING;
  response.type("text").send(`${message}\n${greeting ? `${greeting}\n` : ""}`);
});

const server = app.listen(process.env.PORT, () => console.log(`listening on ${process.env.PORT}`));

// Requests under way are answered before the app ends.
process.on("SIGTERM", () => server.close());
