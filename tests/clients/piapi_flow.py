"""Seed S4's Python class, written anew: create a task, ask until it is done, bring the film home.

Usage: python piapi_flow.py BASE_URL API_KEY FILE
"""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from pathlib import Path


class KlingAPI:
    def __init__(self, base_url: str, api_key: str) -> None:
        self.base_url = base_url
        self.headers = {"X-API-Key": api_key, "Content-Type": "application/json"}

    def _asked(self, path: str, payload: object = None) -> dict:
        body = None if payload is None else json.dumps(payload).encode()
        request = urllib.request.Request(f"{self.base_url}{path}", body, self.headers)
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)["data"]

    def generate_video(self, prompt: str, **options: object) -> dict:
        payload: dict = {
            "model": "kling",
            "task_type": "txt2video",
            "input": {
                "prompt": prompt,
                "duration": options.get("duration", "5"),
                "mode": options.get("mode", "std"),
                "aspect_ratio": options.get("aspect_ratio", "16:9"),
                **options,
            },
            "config": {"service_mode": "public"},
        }
        return self._asked("/task", payload)

    def wait_for_completion(self, task_id: str, max_wait: int = 300) -> dict:
        start_time = time.time()
        while time.time() - start_time < max_wait:
            task = self._asked(f"/task/{task_id}")
            if task["status"] == "completed":
                return task
            if task["status"] == "failed":
                raise RuntimeError(f"Task failed: {task.get('error', {}).get('message')}")
            time.sleep(0.5)  # the guide's ten seconds
        raise TimeoutError("Task completion timeout")


if __name__ == "__main__":
    kling = KlingAPI(sys.argv[1], sys.argv[2])
    task = kling.generate_video(
        "A peaceful lake reflecting mountains at sunset",
        duration="5",
        camera_movement="pan_right",
    )
    completed = kling.wait_for_completion(task["task_id"])
    with urllib.request.urlopen(completed["output"]["video_url"], timeout=60) as film:
        Path(sys.argv[3]).write_bytes(film.read())
    print(json.dumps(completed))
