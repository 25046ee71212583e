// Somebody who receives webhooks on loopback.
import { createServer } from "node:http";

export async function receiving() {
  const calls = [];
  let wake = () => {};
  const server = createServer((request, response) => {
    const pieces = [];
    request.on("data", (piece) => pieces.push(piece));
    request.on("end", () => {
      calls.push({ headers: request.headers, body: Buffer.concat(pieces).toString() });
      response.writeHead(204).end();
      wake();
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${server.address().port}/hook`,
    async next() {
      while (calls.length === 0) await new Promise((done) => (wake = done));
      return calls.shift();
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
