import { createConnection } from "node:net";

const answerWithinMs = 2000;

/** Whether the Redis behind a socket takes commands: it refuses them while it loads its file. */
export function redisAnswers(socketPath: string, password: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath);
    let answer = "";
    const finish = (ready: boolean) => {
      socket.destroy();
      resolve(ready);
    };
    socket.setTimeout(answerWithinMs, () => finish(false));
    socket.once("error", () => finish(false));
    socket.once("close", () => finish(false));
    socket.once("connect", () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    socket.on("data", (data) => {
      answer += data.toString("latin1");
      if (answer.startsWith("+OK\r\n+PONG")) finish(true);
      else if (answer.includes("-")) finish(false);
    });
  });
}
