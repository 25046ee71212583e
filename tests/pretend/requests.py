"""A small request of every kind, with a model that does it."""

from __future__ import annotations

from filmgate.domain.request import (
    Asset,
    Avatar,
    EditElements,
    Effect,
    Extend,
    ImageToVideo,
    Kind,
    LipSync,
    MotionControl,
    MultiImage,
    Omni,
    Request,
    Speech,
    TextToAudio,
    TextToVideo,
    TryOn,
    VideoToAudio,
)

PICTURE = Asset("a" * 64, "image/png", 1000)
CLIP = Asset("b" * 64, "video/mp4", 1000)
VOICE = Asset("c" * 64, "audio/wav", 1000)

ANY: dict[Kind, tuple[Request, str]] = {
    Kind.TEXT_TO_VIDEO: (TextToVideo(prompt="a lake"), "kling-v1"),
    Kind.IMAGE_TO_VIDEO: (ImageToVideo(image=PICTURE), "kling-v2-1"),
    Kind.MULTI_IMAGE: (MultiImage(prompt="a lake", images=(PICTURE,)), "kling-v1-6"),
    Kind.OMNI: (Omni(prompt="a lake", images=(PICTURE,)), "kling-v3-omni"),
    Kind.MOTION_CONTROL: (MotionControl(image=PICTURE, video=CLIP), "kling-v2-6"),
    Kind.EXTEND: (Extend(video=CLIP), "kling-v1-6"),
    Kind.LIP_SYNC: (LipSync(video=CLIP, text="Hello"), "kling-lip-sync"),
    Kind.AVATAR: (Avatar(image=PICTURE, audio=VOICE), "kling-avatar"),
    Kind.EFFECT: (Effect(scene="squish", images=(PICTURE,)), "kling-effects"),
    Kind.EDIT_ELEMENTS: (EditElements(video=CLIP, edit="removal", prompt="no hat"), "kling-v1-6"),
    Kind.TRY_ON: (TryOn(person=PICTURE, garments=(PICTURE,)), "kolors-try-on"),
    Kind.SPEECH: (Speech(text="Hello"), "kling-tts"),
    Kind.TEXT_TO_AUDIO: (TextToAudio(prompt="rain", duration_s=5.0), "kling-text-to-audio"),
    Kind.VIDEO_TO_AUDIO: (VideoToAudio(video=CLIP), "kling-video-to-audio"),
}
