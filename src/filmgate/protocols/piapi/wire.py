"""PiAPI's create body: every field of every task type, of the guide (seed S4) and of today
(``reference/kie-piapi-openai.md`` 2.4)."""

from __future__ import annotations

from msgspec import Struct

from filmgate.protocols.reading import Number, Object


class WebhookConfig(Struct, kw_only=True):
    endpoint: str = ""
    secret: str = ""


class Config(Struct, kw_only=True):
    service_mode: str = ""
    webhook_config: WebhookConfig | None = None


class Create(Struct, kw_only=True):
    model: str
    task_type: str
    input: Object = {}
    config: Config | None = None


class Axes(Struct, kw_only=True):
    horizontal: float = 0.0
    vertical: float = 0.0
    pan: float = 0.0
    tilt: float = 0.0
    roll: float = 0.0
    zoom: float = 0.0


class CameraControl(Axes, kw_only=True):
    type: str | None = None
    config: Axes | None = None


class Element(Struct, kw_only=True):
    image_url: str


class Spot(Struct, kw_only=True):
    x: float
    y: float


class Mask(Struct, kw_only=True):
    points: list[Spot] = []


class MotionBrush(Struct, kw_only=True):
    mask_url: str
    static_masks: list[Mask] = []
    dynamic_masks: list[Mask] = []


class Step(Spot, kw_only=True):
    frame: int = 0


class Path(Struct, kw_only=True):
    """Seed S4: something in the picture, by its first point, and where it goes."""

    object_id: str = ""
    path: list[Step]


class Shot(Struct, kw_only=True):
    prompt: str
    duration: Number


class Input(Struct, kw_only=True):
    prompt: str = ""
    negative_prompt: str = ""
    duration: Number | None = None
    mode: str | None = None
    resolution: str | None = None
    aspect_ratio: str | None = None
    version: str | float | None = None
    cfg_scale: float | None = None
    creativity: float | None = None
    seed: int | None = None
    camera_movement: str | None = None
    camera_control: CameraControl | None = None
    image_url: str | None = None
    image_tail_url: str | None = None
    image_urls: list[str] = []
    images: list[str] = []
    elements: list[Element] = []
    motion_brush: MotionBrush | None = None
    motion_data: list[Path] = []
    enable_audio: bool | None = None
    prefer_multi_shots: bool = False
    multi_shots: list[Shot] = []
    origin_task_id: str | None = None
    video_url: str | None = None
    video: str | None = None
    tts_text: str | None = None
    tts_timbre: str | None = None
    tts_speed: float = 1.0
    local_dubbing_url: str | None = None
    character_image: str | None = None
    text: str | None = None
    voice_style: str | None = None
    effect: str | None = None
    professional_mode: bool = False
    base_video: str | None = None
    effect_type: str | None = None
    intensity: float | None = None
    timing: str | None = None
    model_input: str | None = None
    dress_input: str | None = None
    upper_input: str | None = None
    lower_input: str | None = None
    batch_size: int = 1
    preset_motion: str | None = None
    motion_direction: str | None = None
    keep_original_sound: bool = True
