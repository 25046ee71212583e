"""Videos by the ids that OpenAI's clients know them under."""

from __future__ import annotations

from filmgate.domain.errors import NotFound
from filmgate.domain.task import Task
from filmgate.protocols.openai_videos.errors import unknown_video
from filmgate.protocols.openai_videos.translate_replies import number_of
from filmgate.usecases.front import Front


async def find_video(front: Front, customer: str, video_id: str) -> Task:
    """Raises OpenAIRefusal (404), alike for what is not there and what is somebody else's."""
    number = number_of(video_id)
    if number is None:
        raise unknown_video(video_id)
    try:
        return await front.service.read_numbered(customer, number)
    except NotFound:
        raise unknown_video(video_id) from None
