// The MCP server that agents use for KIE.ai, spoken to over its standard input and output.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";

const { FILMGATE_URL, FILMGATE_KEY, FOLDER, PATH } = process.env;

function started() {
  const program = join("node_modules", "@felores", "kie-ai-mcp-server", "dist", "index.js");
  const child = spawn(process.execPath, [program], {
    stdio: ["pipe", "pipe", "inherit"],
    env: {
      PATH,
      KIE_AI_API_KEY: FILMGATE_KEY,
      KIE_AI_BASE_URL: `${FILMGATE_URL}/api/v1`,
      KIE_AI_DB_PATH: join(FOLDER, "tasks.db"),
      KIE_AI_ALLOW_DIRECT_GENERATION: "true",
      KIE_AI_CALLBACK_URL: "http://127.0.0.1:9/nobody",
    },
  });
  const waiting = new Map();
  createInterface({ input: child.stdout }).on("line", (line) => {
    const message = JSON.parse(line);
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  });
  const send = (message) => child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  let last = 0;
  const ask = (method, params) =>
    new Promise((done) => {
      last += 1;
      waiting.set(last, done);
      send({ id: last, method, params });
    });
  return { child, send, ask };
}

test("an agent makes a film", async () => {
  const { child, send, ask } = started();
  try {
    const hello = await ask("initialize", {
      protocolVersion: "2025-06-18",
      capabilities: {},
      clientInfo: { name: "filmgate-tests", version: "1" },
    });
    assert.ok(hello.result, JSON.stringify(hello));
    send({ method: "notifications/initialized" });

    const call = async (name, args) => {
      const answer = await ask("tools/call", { name, arguments: args });
      assert.ok(answer.result, JSON.stringify(answer));
      const text = answer.result.content.map((each) => each.text ?? "").join("\n");
      assert.ok(!answer.result.isError, text);
      return text;
    };
    const made = JSON.parse(await call("kling_video", { prompt: "A lake at dawn", duration: "3" }));
    assert.equal(made.success, true);
    const told = await call("wait_for_task", {
      task_id: made.task_id,
      timeout_seconds: 120,
      interval_seconds: 1,
    });
    const url = told.match(/http:\/\/127\.0\.0\.1[^"\s\\]+/)?.[0];
    assert.ok(url, told);
    const film = Buffer.from(await (await fetch(url)).arrayBuffer());
    assert.equal(film.subarray(4, 8).toString(), "ftyp");
    assert.ok((await call("get_task_status", { task_id: made.task_id })).includes(made.task_id));
  } finally {
    child.kill();
  }
});
