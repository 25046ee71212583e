"""Reply records of Kling's legacy design, key by key in the order of its samples.

What a family does not have is UNSET and stays away; what it has is always there with its type.
"""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType


class TaskInfoFilm(Struct):
    id: str
    url: str
    duration: str


class TaskInfo(Struct):
    parent_video: TaskInfoFilm | UnsetType = UNSET
    external_task_id: str = ""


class BalanceDeduction(Struct):
    quota: str = ""
    list_price: str = ""


class WatermarkInfo(Struct):
    enabled: bool


class FilmItem(Struct):
    id: str
    session_id: str | UnsetType = UNSET
    url: str = ""
    watermark_url: str | UnsetType = UNSET
    duration: str | UnsetType = UNSET


class PictureItem(Struct):
    index: int
    url: str
    watermark_url: str | UnsetType = UNSET


class SoundItem(Struct):
    id: str
    url_mp3: str
    url_wav: str
    duration_mp3: str
    duration_wav: str


class SpeechItem(Struct):
    id: str
    url: str
    duration: str


class VoiceItem(Struct):
    voice_id: str
    voice_name: str
    trial_url: str
    owned_by: str


class ImageUrl(Struct):
    image_url: str


class VideoUrl(Struct):
    video_url: str


class ElementImages(Struct):
    frontal_image: str | UnsetType = UNSET
    refer_images: list[ImageUrl] | UnsetType = UNSET


class ElementVideos(Struct):
    refer_videos: list[VideoUrl] | UnsetType = UNSET


class ElementVoice(Struct):
    voice_id: str | UnsetType = UNSET
    voice_name: str | UnsetType = UNSET
    trial_url: str | UnsetType = UNSET
    owned_by: str | UnsetType = UNSET


class Tag(Struct):
    id: str
    name: str
    description: str


class ElementItem(Struct):
    element_id: int
    element_name: str
    element_description: str
    reference_type: str
    element_image_list: ElementImages
    element_video_list: ElementVideos
    element_voice_info: ElementVoice
    tag_list: list[Tag]
    owned_by: str
    status: str


class TaskResult(Struct):
    images: list[PictureItem] | UnsetType = UNSET
    videos: list[FilmItem] | UnsetType = UNSET
    audios: list[SoundItem] | list[SpeechItem] | UnsetType = UNSET
    voices: list[VoiceItem] | UnsetType = UNSET
    elements: list[ElementItem] | UnsetType = UNSET


class Created(Struct):
    task_id: str
    task_status: str
    task_info: TaskInfo
    created_at: int
    updated_at: int


class Single(Struct):
    task_id: str
    task_status: str
    task_status_msg: str
    task_info: TaskInfo
    task_result: TaskResult | UnsetType
    watermark_info: WatermarkInfo | UnsetType
    final_unit_deduction: str | UnsetType
    final_balance_deduction: BalanceDeduction | UnsetType
    created_at: int
    updated_at: int


class Callback(Struct):
    """The legacy body: bare, without an envelope (``reference/kling.md`` 5.1)."""

    task_id: str
    task_status: str
    task_status_msg: str
    created_at: int
    updated_at: int
    final_unit_deduction: str | UnsetType
    final_balance_deduction: BalanceDeduction | UnsetType
    task_info: TaskInfo
    task_result: TaskResult | UnsetType


class DeletedTask(Struct):
    task_id: str
    task_status: str


class Face(Struct):
    face_id: str
    face_image: str
    start_time: int
    end_time: int


class Faces(Struct):
    session_id: str
    final_unit_deduction: str
    final_balance_deduction: BalanceDeduction
    face_data: list[Face]


class Selection(Struct):
    status: int
    session_id: str
    fps: float
    original_duration: int
    width: int
    height: int
    total_frame: int
    normalized_video: str
    final_unit_deduction: str
    final_balance_deduction: BalanceDeduction


class RleMask(Struct):
    size: list[int]
    counts: str


class PngMask(Struct):
    size: list[int]
    base64: str


class MaskItem(Struct):
    object_id: int
    rle_mask: RleMask
    png_mask: PngMask


class SelectionResult(Struct):
    frame_index: int
    rle_mask_list: list[MaskItem]


class PreviewResult(Struct):
    video: str
    video_cover: str
    tracking_output: str


class SelectionChanged(Struct):
    status: int
    session_id: str
    final_unit_deduction: str
    final_balance_deduction: BalanceDeduction
    res: SelectionResult | PreviewResult | UnsetType = UNSET


class Pack(Struct):
    resource_pack_name: str
    resource_pack_id: str
    resource_pack_type: str
    total_quantity: float
    remaining_quantity: float
    purchase_time: int
    effective_time: int
    invalid_time: int
    status: str


class Costs(Struct):
    """A second envelope inside the first."""

    code: int
    msg: str
    resource_pack_subscribe_infos: list[Pack]


class BalanceLine(Struct):
    """The bills have amounts as numbers and the time as a string (page of 2026-09-20)."""

    task_id: str
    api_key_name: str
    product_function: str
    model_name: str
    resolution: str
    duration: str
    refer_video_input: bool
    video_sound: str
    voice_control: bool
    deduction_time: str
    cash_type: str
    balance_before_deduction: float
    deduction_amount: float
    balance_after_deduction: float
    list_price: float
    currency: str


class PackageLine(Struct):
    task_id: str
    api_key_name: str
    package_id: str
    product_type: str
    product_function: str
    model_name: str
    resolution: str
    duration: str
    refer_video_input: bool
    video_sound: str
    voice_control: bool
    deduction_time: str
    unit_before_deduction: float
    deduction_amount: float
    unit_after_deduction: float


class BillDetail(Struct):
    detail: list[BalanceLine] | list[PackageLine]
    count: int


class Bill(Struct):
    result: BillDetail
    next_cursor: str
    has_more: bool
