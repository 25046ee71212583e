// The reference library of Standard Webhooks verifies our events.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Webhook } from "standardwebhooks";
import { receiving } from "./receiver.mjs";

const { FILMGATE_URL, FILMGATE_KEY } = process.env;

async function call(path, body) {
  const headers = { Authorization: `Bearer ${FILMGATE_KEY}`, "Content-Type": "application/json" };
  const asked = { method: "POST", headers, body: JSON.stringify(body) };
  const answer = await fetch(FILMGATE_URL + path, asked);
  assert.equal(answer.status, 200);
  return answer.json();
}

test("an event is genuine, and another body is not", async () => {
  const receiver = await receiving();
  try {
    const body = { name: "mine", url: receiver.url, event_types: ["video.failed"] };
    const endpoint = await call("/v1/webhook_endpoints", body);
    await call(`/v1/webhook_endpoints/${endpoint.id}/test`, { event_type: "video.failed" });
    const told = await receiver.next();
    const webhook = new Webhook(endpoint.signing_secret);
    assert.equal(webhook.verify(told.body, told.headers).type, "video.failed");
    assert.throws(() => webhook.verify(`${told.body} `, told.headers));
  } finally {
    receiver.close();
  }
});
