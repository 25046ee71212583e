// A client that somebody wrote for Kling; it knows one address only, so that is set by hand.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

// As a module its build can't find jsonwebtoken's functions.
const { createKlingaiSDK } = createRequire(import.meta.url)("@microfox/kling-ai");

const { FILMGATE_URL } = process.env;
const KEYS = {
  accessKey: "sandbox-access-key",
  secretKey: "sandbox-secret-key-0123456789abcdef0123456789",
};

function client(keys = KEYS) {
  const made = createKlingaiSDK(keys);
  made.baseUrl = FILMGATE_URL;
  return made;
}

test("text to video, from the call to the film", async () => {
  const kling = client();
  const body = { prompt: "A lake at dawn", model_name: "kling-v1-6", duration: "5", mode: "std" };
  const made = await kling.textToVideo(body);
  assert.equal(made.code, 0);
  const id = made.data.task_id;
  let task;
  do {
    await new Promise((done) => setTimeout(done, 300));
    task = (await kling.queryTextToVideoTask(id)).data;
  } while (["submitted", "processing"].includes(task.task_status));
  assert.equal(task.task_status, "succeed");
  const [video] = task.task_result.videos;
  const film = Buffer.from(await (await fetch(video.url)).arrayBuffer());
  assert.equal(film.subarray(4, 8).toString(), "ftyp");
  const listed = await kling.listTextToVideoTasks(1, 5);
  assert.ok(listed.data.some((each) => each.task_id === id));
});

test("a wrong key and a bad value are told in Kling's words", async () => {
  const stranger = client({ ...KEYS, secretKey: "x".repeat(32) });
  await assert.rejects(stranger.listTextToVideoTasks(), /Authentication failed/);
  await assert.rejects(client().queryTextToVideoTask("1"), /Task not found/);
});
