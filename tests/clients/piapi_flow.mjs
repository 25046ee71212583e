// Seed S4's JavaScript class, written anew on fetch: create a task, ask until it is done, and bring
// the film home. Usage: node piapi_flow.mjs BASE_URL API_KEY FILE
import { writeFile } from "node:fs/promises";

const [baseURL, apiKey, file] = process.argv.slice(2);

class KlingAPI {
  constructor(apiKey) {
    this.baseURL = baseURL;
    this.headers = { "X-API-Key": apiKey, "Content-Type": "application/json" };
  }

  async generateVideo(prompt, options = {}) {
    const payload = {
      model: "kling",
      task_type: "txt2video",
      input: {
        prompt,
        duration: options.duration || "5",
        mode: options.mode || "std",
        aspect_ratio: options.aspectRatio || "16:9",
        ...options,
      },
      config: { service_mode: "public", webhook_config: options.webhook },
    };
    const response = await fetch(`${this.baseURL}/task`, {
      method: "POST",
      headers: this.headers,
      body: JSON.stringify(payload),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`Kling API error: ${answer.message}`);
    return answer.data;
  }

  async getTaskStatus(taskId) {
    const response = await fetch(`${this.baseURL}/task/${taskId}`, { headers: this.headers });
    if (!response.ok) throw new Error(`Failed to get task status: ${response.status}`);
    return (await response.json()).data;
  }

  async waitForCompletion(taskId, maxWaitTime = 300000) {
    const startTime = Date.now();
    while (Date.now() - startTime < maxWaitTime) {
      const task = await this.getTaskStatus(taskId);
      if (task.status === "completed") return task;
      if (task.status === "failed") throw new Error(`Task failed: ${task.error?.message}`);
      await new Promise((resolve) => setTimeout(resolve, 500)); // the guide's ten seconds
    }
    throw new Error("Task timeout");
  }
}

const kling = new KlingAPI(apiKey);
const task = await kling.generateVideo("A time-lapse of a flower blooming in a garden", {
  duration: "5",
  aspectRatio: "1:1",
});
const completed = await kling.waitForCompletion(task.task_id);
const film = await fetch(completed.output.video_url);
await writeFile(file, Buffer.from(await film.arrayBuffer()));
console.log(JSON.stringify(completed));
