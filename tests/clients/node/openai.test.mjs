// OpenAI's own client for Node, both majors that are in use.
import assert from "node:assert/strict";
import { createReadStream, readFileSync } from "node:fs";
import { test } from "node:test";
import OpenAI6 from "openai";
import OpenAI7 from "openai-next";
import { receiving } from "./receiver.mjs";

const { FILMGATE_URL, FILMGATE_KEY } = process.env;
const SMALL = { seconds: "4", size: "160x90" };
const PATH = new URL("../picture.png", import.meta.url);
const PICTURE = readFileSync(PATH);

for (const [name, OpenAI] of Object.entries({ "openai 6": OpenAI6, "openai 7": OpenAI7 })) {
  const options = { apiKey: FILMGATE_KEY, baseURL: `${FILMGATE_URL}/v1`, maxRetries: 0 };
  const client = new OpenAI(options);

  const ended = async (id) => {
    for (;;) {
      const video = await client.videos.retrieve(id);
      if (!["queued", "in_progress"].includes(video.status)) return video;
      await new Promise((done) => setTimeout(done, 200));
    }
  };

  test(`${name}: create, poll, download, remix, pages, delete`, async () => {
    const made = await client.videos.create({ prompt: "A lake at dawn", model: "sora-2", ...SMALL });
    assert.equal(made.object, "video");
    const video = await ended(made.id);
    assert.deepEqual([video.status, video.progress, video.size], ["completed", 100, "160x90"]);

    const film = Buffer.from(await (await client.videos.downloadContent(video.id)).arrayBuffer());
    assert.equal(film.subarray(4, 8).toString(), "ftyp");
    const sheet = await client.videos.downloadContent(video.id, { variant: "spritesheet" });
    assert.equal(sheet.headers.get("content-type"), "image/jpeg");

    const remixed = await client.videos.remix(video.id, { prompt: "A lake at night" });
    assert.equal(remixed.remixed_from_video_id, video.id);

    const listed = [];
    for await (const each of client.videos.list({ limit: 1 })) listed.push(each.id);
    assert.equal(listed[0], remixed.id);
    assert.ok(listed.includes(video.id));

    const gone = await client.videos.delete(remixed.id);
    assert.deepEqual([gone.id, gone.deleted], [remixed.id, true]);
    await assert.rejects(client.videos.retrieve(remixed.id), OpenAI.NotFoundError);
  });

  test(`${name}: a picture as an upload and as a data URL`, async () => {
    const url = `data:image/png;base64,${PICTURE.toString("base64")}`;
    for (const input_reference of [createReadStream(PATH), { image_url: url }]) {
      const made = await client.videos.create({ prompt: "slow push in", input_reference, ...SMALL });
      assert.equal((await ended(made.id)).status, "completed");
    }
  });

  test(`${name}: errors`, async () => {
    await assert.rejects(
      client.videos.create({ prompt: "x", seconds: "1" }),
      (error) => error instanceof OpenAI.BadRequestError && error.param === "seconds",
    );
    const wrong = new OpenAI({ ...options, apiKey: "wrong" });
    await assert.rejects(wrong.videos.list(), OpenAI.AuthenticationError);
  });

  test(`${name}: webhooks`, async () => {
    const receiver = await receiving();
    const body = { name: "mine", url: receiver.url, event_types: ["video.completed"] };
    // The management calls came with the seventh major.
    const endpoint = client.webhooks.create
      ? await client.webhooks.create(body)
      : await client.post("/webhook_endpoints", { body });
    try {
      const made = await client.videos.create({ prompt: "A lake", ...SMALL });
      const call = await receiver.next();
      const secret = endpoint.signing_secret;
      const event = await client.webhooks.unwrap(call.body, call.headers, secret);
      assert.deepEqual([event.type, event.data.id], ["video.completed", made.id]);
      await assert.rejects(client.webhooks.unwrap(`${call.body} `, call.headers, secret));
      if (client.webhooks.create) await managed(client, endpoint, receiver);
    } finally {
      await client.delete(`/webhook_endpoints/${endpoint.id}`);
      receiver.close();
    }
  });
}

async function managed(client, endpoint, receiver) {
  const listed = [];
  for await (const each of client.webhooks.list()) listed.push(each.id);
  assert.deepEqual(listed, [endpoint.id]);
  const changed = await client.webhooks.update(endpoint.id, { name: "new" });
  assert.equal(changed.name, "new");
  const rotated = await client.webhooks.rotateSecret(endpoint.id);
  const tried = await client.webhooks.test(endpoint.id, { event_type: "video.failed" });
  assert.deepEqual([tried.status_code, tried.success], [204, true]);
  const call = await receiver.next();
  await client.webhooks.unwrap(call.body, call.headers, rotated.signing_secret);
  const types = await client.webhooks.eventTypes.list();
  assert.deepEqual(types.data, ["video.completed", "video.failed"]);
}
