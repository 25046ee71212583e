"""Kling's legacy calls with a voice or a sound in them, the editing of things, and try-on."""

from __future__ import annotations

from filmgate.domain.request import (
    Asset,
    Avatar,
    Dub,
    EditElements,
    LipSync,
    Speech,
    TextToAudio,
    TryOn,
    VideoToAudio,
)
from filmgate.protocols.kling.errors import invalid, refused, required
from filmgate.protocols.kling.media_rules import Sort
from filmgate.protocols.kling.references import Collector, CreateOptions, MediaRef, Wanted
from filmgate.protocols.kling.translate_fields import (
    SHORT_S,
    clip_of,
    mode_of,
    needed,
    one_of,
    options_of,
    seconds,
    text_id,
)
from filmgate.protocols.kling.wire import Id, decode
from filmgate.protocols.kling.wire_legacy import (
    AdvancedLipSyncBody,
    AvatarBody,
    FaceChoice,
    LipSyncBody,
    LipSyncInput,
    MultiElementsBody,
    SpeechBody,
    TextToAudioBody,
    TryOnBody,
    VideoToAudioBody,
)


def lip_sync(body: bytes) -> Wanted:
    """The form of before 2025-09; the earliest clients name the film by ``task_id``."""
    wire = decode(body, LipSyncBody)
    options, media = options_of(wire), Collector()
    given = wire.input
    if given is None:
        raise required("input")
    made = text_id(given.video_id) or text_id(given.task_id)
    one_of({"input.video_id": made, "input.video_url": given.video_url})
    text, audio = _words_or_sound(given, media)
    field = "input.video_id" if given.video_id is not None else "input.task_id"
    request = LipSync(
        source_task=made,
        video=media.take("input.video_url", given.video_url, Sort.OLD_LIP_SYNC_CLIP),
        text=text,
        audio=audio,
        voice=text_id(given.voice_id),
        language=given.voice_language,
        speed=given.voice_speed or 1.0,
    )
    source = MediaRef(field=field, sort=Sort.OLD_LIP_SYNC_CLIP, made=made) if made else None
    return Wanted(request=request, media=media.refs, options=options, source=source)


def _words_or_sound(given: LipSyncInput, media: Collector) -> tuple[str | None, Asset | None]:
    """``mode`` says which is meant; where it was left out, what was given says it."""
    has_sound = bool(given.audio_file or given.audio_url)
    mode = given.mode or ("audio2video" if has_sound and not given.text else "text2video")
    if mode == "text2video":
        return needed("input.text", given.text), None
    kind = given.audio_type or ("file" if given.audio_file else "url")
    if kind == "file":
        return None, media.need("input.audio_file", given.audio_file, Sort.SPEECH)
    return None, media.need("input.audio_url", given.audio_url, Sort.SPEECH)


def advanced_lip_sync(body: bytes) -> Wanted:
    wire = decode(body, AdvancedLipSyncBody)
    options, media = options_of(wire), Collector()
    session_id = needed("session_id", wire.session_id)
    if not wire.face_choose:
        raise required("face_choose")
    face = wire.face_choose[0]
    request = LipSync(
        video=media.made("session_id", session_id, Sort.SESSION),
        audio=_sound(media, "face_choose[0].", face.audio_id, face.sound_file, Sort.SPEECH),
        dub=_dub(face),
    )
    return Wanted(request=request, media=media.refs, options=options)


CROP_MS_MIN = 2000


def _dub(face: FaceChoice) -> Dub:
    path = "face_choose[0]."
    times: list[int] = []
    for name, value in (
        ("sound_start_time", face.sound_start_time),
        ("sound_end_time", face.sound_end_time),
        ("sound_insert_time", face.sound_insert_time),
    ):
        if value is None:
            raise required(path + name)
        if not 0 <= value < 2**53:
            raise invalid(path + name, value)
        times.append(value)
    start_ms, end_ms, insert_ms = times
    if end_ms - start_ms < CROP_MS_MIN:
        raise refused(f"{path}sound_end_time", "must be 2 seconds or more after sound_start_time")
    return Dub(
        face=needed(f"{path}face_id", face.face_id),
        sound_start_ms=start_ms,
        sound_end_ms=end_ms,
        insert_ms=insert_ms,
        volume=1.0 if face.sound_volume is None else face.sound_volume,
        original_volume=1.0 if face.original_audio_volume is None else face.original_audio_volume,
    )


def _sound(
    media: Collector, path: str, audio_id: Id | None, sound_file: str | None, sort: Sort
) -> Asset:
    """Exactly one of ``audio_id`` and ``sound_file``."""
    made = text_id(audio_id)
    one_of({f"{path}audio_id": made, f"{path}sound_file": sound_file})
    if made is not None:
        return media.made(f"{path}audio_id", made, sort)
    return media.need(f"{path}sound_file", sound_file, sort)


def avatar(body: bytes) -> Wanted:
    wire = decode(body, AvatarBody)
    options, media = options_of(wire), Collector()
    request = Avatar(
        prompt=wire.prompt or "",
        mode=mode_of(wire.mode),
        watermark=options.watermark,
        image=media.need("image", wire.image, Sort.PICTURE),
        audio=_sound(media, "", wire.audio_id, wire.sound_file, Sort.AVATAR_SPEECH),
    )
    return Wanted(request=request, media=media.refs, options=options)


EDIT_IMAGES = {"addition": (1, 2), "swap": (1, 1), "removal": (0, 0)}
"""How many pictures each edit takes (multi-elements page)."""


def multi_elements(body: bytes) -> Wanted:
    """The session holds the clip and what was marked in it: the server adds the marks."""
    wire = decode(body, MultiElementsBody)
    options, media = options_of(wire), Collector()
    session_id = needed("session_id", wire.session_id)
    edit = needed("edit_mode", wire.edit_mode)
    images = wire.image_list or []
    least, most = EDIT_IMAGES[edit]
    if not least <= len(images) <= most:
        count = f"{least}" if least == most else f"{least} to {most}"
        raise refused("image_list", f"must have {count} items with edit_mode {edit}")
    request = EditElements(
        model=wire.model_name or None,
        prompt=needed("prompt", wire.prompt),
        negative_prompt=wire.negative_prompt or "",
        mode=mode_of(wire.mode),
        duration_s=seconds("duration", wire.duration, **SHORT_S),
        watermark=options.watermark,
        video=media.made("session_id", session_id, Sort.SESSION),
        edit=edit,
        images=tuple(
            media.need(f"image_list[{at}].image", item.image, Sort.PICTURE)
            for at, item in enumerate(images)
        ),
    )
    return Wanted(request=request, media=media.refs, options=options)


def try_on(body: bytes) -> Wanted:
    wire = decode(body, TryOnBody)
    media = Collector()
    request = TryOn(
        model=wire.model_name or None,
        person=media.need("human_image", wire.human_image, Sort.PICTURE),
        garments=(media.need("cloth_image", wire.cloth_image, Sort.PICTURE),),
    )
    return Wanted(request=request, media=media.refs, options=options_of(wire))


def speech(body: bytes) -> Wanted:
    """Answered at once, so it has no options."""
    wire = decode(body, SpeechBody)
    request = Speech(
        text=needed("text", wire.text),
        voice=needed("voice_id", wire.voice_id),
        language=wire.voice_language or "zh",
        speed=wire.voice_speed or 1.0,
    )
    return Wanted(request=request, options=CreateOptions())


def text_to_audio(body: bytes) -> Wanted:
    wire = decode(body, TextToAudioBody)
    if wire.duration is None:
        raise required("duration")
    request = TextToAudio(
        prompt=needed("prompt", wire.prompt),
        duration_s=round(wire.duration, 1),  # "accurate to one decimal place"
    )
    return Wanted(request=request, options=options_of(wire))


def video_to_audio(body: bytes) -> Wanted:
    wire = decode(body, VideoToAudioBody)
    media = Collector()
    request = VideoToAudio(
        video=media.add(clip_of(wire.video_id, wire.video_url, Sort.SCORED_CLIP)),
        effect_prompt=wire.sound_effect_prompt or "",
        music_prompt=wire.bgm_prompt or "",
        asmr=bool(wire.asmr_mode),
    )
    return Wanted(request=request, media=media.refs, options=options_of(wire))
