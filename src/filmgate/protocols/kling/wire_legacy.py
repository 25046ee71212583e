"""Bodies of Kling's legacy design, field by field as on its pages (``reference/kling.md`` 6 to 10).

Everything is optional here, because what is required often hangs on other fields; the translation
says what is missing.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from filmgate.protocols.kling.wire import (
    AspectRatio,
    Id,
    LegacyMode,
    Number,
    Prompt,
    Switch,
    Tail,
    YesNo,
)

Axis = Annotated[float, Meta(ge=-10, le=10)]
ShotType = Literal["customize", "intelligence"]
Volume = Annotated[float, Meta(ge=0, le=2)]


class CameraConfig(Struct):
    horizontal: Axis | None = None
    vertical: Axis | None = None
    pan: Axis | None = None
    tilt: Axis | None = None
    roll: Axis | None = None
    zoom: Axis | None = None


class CameraControl(CameraConfig):
    """The axes stand in ``config``; flat beside ``type`` in the skill seed and in old clients."""

    type: (
        Literal["simple", "down_back", "forward_up", "right_turn_forward", "left_turn_forward"]
        | None
    ) = None
    config: CameraConfig | None = None


class Shot(Struct):
    index: int | None = None
    prompt: Annotated[str, Meta(max_length=512)] | None = None
    duration: Number | None = None


class ElementItem(Struct):
    element_id: Id


class VoiceItem(Struct):
    voice_id: Id


class Trajectory(Struct):
    x: float
    y: float


class DynamicMask(Struct):
    mask: str
    trajectories: Annotated[list[Trajectory], Meta(min_length=2, max_length=77)]


class ImageItem(Struct):
    image: str


class MultiShot(Tail):
    multi_shot: bool | None = None
    shot_type: ShotType | None = None
    multi_prompt: Annotated[list[Shot], Meta(max_length=6)] | None = None


class Text2Video(MultiShot):
    model_name: str | None = None
    prompt: Prompt | None = None
    negative_prompt: Prompt | None = None
    sound: Switch | None = None
    # Up to 1 it is Kling's value, above it the seeds' scale of 1 to 10 (design.md part 10).
    cfg_scale: Annotated[float, Meta(ge=0, le=10)] | None = None
    mode: LegacyMode | None = None
    camera_control: CameraControl | None = None
    aspect_ratio: AspectRatio | None = None
    duration: Number | None = None


class Image2Video(Text2Video):
    """Kling's page has no ``aspect_ratio`` here, the skill seed's body has."""

    image: str | None = None
    image_tail: str | None = None
    element_list: Annotated[list[ElementItem], Meta(max_length=3)] | None = None
    voice_list: Annotated[list[VoiceItem], Meta(max_length=2)] | None = None
    static_mask: str | None = None
    dynamic_masks: Annotated[list[DynamicMask], Meta(max_length=6)] | None = None


class OmniImage(Struct):
    image_url: str
    type: Literal["first_frame", "end_frame"] | None = None


class OmniVideo(Struct):
    video_url: str
    refer_type: Literal["feature", "base"] | None = None
    keep_original_sound: YesNo | None = None


class OmniBody(MultiShot):
    model_name: str | None = None
    prompt: Prompt | None = None
    image_list: list[OmniImage] | None = None
    element_list: list[ElementItem] | None = None
    video_list: Annotated[list[OmniVideo], Meta(max_length=1)] | None = None
    sound: Switch | None = None
    mode: LegacyMode | None = None
    aspect_ratio: AspectRatio | None = None
    duration: Number | None = None


class MotionControlBody(Tail):
    model_name: str | None = None
    prompt: Prompt | None = None
    image_url: str | None = None
    video_url: str | None = None
    element_list: Annotated[list[ElementItem], Meta(max_length=1)] | None = None
    keep_original_sound: YesNo | None = None
    character_orientation: Literal["image", "video"] | None = None
    mode: Literal["std", "pro"] | None = None


class MultiImageBody(Tail):
    model_name: str | None = None
    image_list: Annotated[list[ImageItem], Meta(min_length=1, max_length=4)] | None = None
    prompt: Prompt | None = None
    negative_prompt: Prompt | None = None
    mode: Literal["std", "pro"] | None = None
    duration: Number | None = None
    aspect_ratio: AspectRatio | None = None


class ExtendBody(Tail):
    video_id: Id | None = None
    prompt: Prompt | None = None
    negative_prompt: Prompt | None = None
    cfg_scale: Annotated[float, Meta(ge=0, le=10)] | None = None


class EffectInput(Struct):
    """``model_name``, ``mode`` and ``duration`` come from clients written before 2026."""

    image: str | None = None
    images: Annotated[list[str], Meta(min_length=2, max_length=2)] | None = None
    model_name: str | None = None
    mode: Literal["std", "pro"] | None = None
    duration: Number | None = None


class EffectsBody(Tail):
    effect_scene: str | None = None
    input: EffectInput | None = None


class LipSyncInput(Struct):
    task_id: Id | None = None
    video_id: Id | None = None
    video_url: str | None = None
    mode: Literal["text2video", "audio2video"] | None = None
    text: Annotated[str, Meta(max_length=120)] | None = None
    voice_id: Id | None = None
    voice_language: Literal["zh", "en"] | None = None
    voice_speed: Annotated[float, Meta(ge=0.8, le=2)] | None = None
    audio_type: Literal["file", "url"] | None = None
    audio_file: str | None = None
    audio_url: str | None = None


class LipSyncBody(Tail):
    input: LipSyncInput | None = None


class FaceChoice(Struct):
    face_id: Id | None = None
    audio_id: Id | None = None
    sound_file: str | None = None
    sound_start_time: int | None = None
    sound_end_time: int | None = None
    sound_insert_time: int | None = None
    sound_volume: Volume | None = None
    original_audio_volume: Volume | None = None


class AdvancedLipSyncBody(Tail):
    session_id: Id | None = None
    face_choose: Annotated[list[FaceChoice], Meta(min_length=1, max_length=1)] | None = None


class AvatarBody(Tail):
    image: str | None = None
    audio_id: Id | None = None
    sound_file: str | None = None
    prompt: Prompt | None = None
    mode: Literal["std", "pro"] | None = None


class MultiElementsBody(Tail):
    model_name: str | None = None
    session_id: Id | None = None
    edit_mode: Literal["addition", "swap", "removal"] | None = None
    image_list: list[ImageItem] | None = None
    prompt: Prompt | None = None
    negative_prompt: Prompt | None = None
    mode: Literal["std", "pro"] | None = None
    duration: Number | None = None


class TryOnBody(Tail):
    model_name: str | None = None
    human_image: str | None = None
    cloth_image: str | None = None


class SpeechBody(Struct):
    text: Annotated[str, Meta(max_length=1000)] | None = None
    voice_id: Id | None = None
    voice_language: Literal["zh", "en"] | None = None
    voice_speed: Annotated[float, Meta(ge=0.8, le=2)] | None = None


class TextToAudioBody(Tail):
    prompt: Annotated[str, Meta(max_length=200)] | None = None
    duration: Annotated[float, Meta(ge=3, le=10)] | None = None


class VideoToAudioBody(Tail):
    video_id: Id | None = None
    video_url: str | None = None
    sound_effect_prompt: Annotated[str, Meta(max_length=200)] | None = None
    bgm_prompt: Annotated[str, Meta(max_length=200)] | None = None
    asmr_mode: bool | None = None
