"""Kling's new design: the model is in the path, the body has contents, settings and options."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from filmgate.domain.request import (
    Asset,
    ImageToVideo,
    Mode,
    MotionControl,
    Omni,
    ShotPrompt,
    TextToVideo,
)
from filmgate.protocols.kling.errors import invalid, refused, required, unknown_path
from filmgate.protocols.kling.faces import FACES, PRODUCTS, Face
from filmgate.protocols.kling.media_rules import Sort
from filmgate.protocols.kling.references import Collector, CreateOptions, Wanted
from filmgate.protocols.kling.storyboard import read_storyboard
from filmgate.protocols.kling.translate_fields import (
    create_options,
    needed,
    ratio_of,
    seconds,
    text_id,
)
from filmgate.protocols.kling.wire import decode
from filmgate.protocols.kling.wire_new import (
    Content,
    CreateBody,
    Options,
    Settings,
)

MODES = {"720p": Mode.STD, "1080p": Mode.PRO, "4k": Mode.UHD}
"""Kling's own ledger files 720p under std and 1080p under pro (``reference/kling.md`` 1)."""


def read_new(product: str, model: str, body: bytes) -> Wanted:
    """``POST /{product}/{model}``. Raises KlingRefusal."""
    general = PRODUCTS.get(product)
    if general is None or not model:
        raise unknown_path(f"/{product}/{model}")
    draft = _Draft(FACES.get((product, model), general), model, decode(body, CreateBody))
    match product:
        case "text-to-video":
            return draft.text_to_video()
        case "image-to-video":
            return draft.image_to_video()
        case "omni-video":
            return draft.omni_video()
        case _:
            return draft.motion_control()


class _Draft:
    """One body on its way to a request; everything in it is checked against the face first."""

    def __init__(self, face: Face, model: str, wire: CreateBody) -> None:
        self.face = face
        self.model = model
        self.settings = wire.settings or Settings()
        self.options = _options(wire.options)
        self.media = Collector()
        contents = wire.contents or []
        if face.contents and not contents:
            raise required("contents")
        self.contents = contents if face.contents else []
        _check_contents(self.contents, face)
        _check_settings(self.settings, face)
        self.duration_s = self._duration_s()
        text = wire.prompt if not face.contents else self._prompt()
        if len(text or "") > face.prompt_chars:
            raise refused("prompt", f"must have at most {face.prompt_chars} characters")
        self.words = text or ""

    def text_to_video(self) -> Wanted:
        self._need_prompt()
        shots, auto_shots = self._shots()
        request = TextToVideo(
            model=self.model,
            prompt="" if shots else self.words,
            mode=self._mode(),
            duration_s=self.duration_s,
            ratio=ratio_of(self.settings.aspect_ratio),
            sound=self._sound(),
            watermark=self.options.watermark,
            shots=shots,
            auto_shots=auto_shots,
        )
        return Wanted(request=request, options=self.options)

    def image_to_video(self) -> Wanted:
        first = self._picture("first_frame")
        if first is None:
            raise required("contents first_frame")
        voices = self._ids("voice")
        if len(voices) > 2:
            raise refused("contents", "must have at most 2 items of type voice")
        if voices and self.settings.audio in {None, "off"}:
            raise refused("settings.audio", "must not be off with voice")
        shots, auto_shots = self._shots()
        request = ImageToVideo(
            model=self.model,
            prompt="" if shots else self._renamed(self.words),
            mode=self._mode(),
            duration_s=self.duration_s,
            sound=self._sound(),
            watermark=self.options.watermark,
            image=first,
            image_tail=self._picture("last_frame"),
            shots=shots,
            auto_shots=auto_shots,
            voices=voices,
            elements=self._ids("element"),
        )
        return Wanted(request=request, media=self.media.refs, options=self.options)

    def omni_video(self) -> Wanted:
        first, last = self._picture("first_frame"), self._picture("last_frame")
        images = tuple(self._each("refer_image", Sort.NEW_PICTURE))
        base = self._one("base_video", Sort.NEW_REFERENCE_CLIP)
        feature = self._one("feature_video", Sort.NEW_REFERENCE_CLIP)
        self._check_omni(first, last, base, feature, len(images))
        shots, auto_shots = self._shots()
        request = Omni(
            model=self.model,
            prompt="" if shots else self._renamed(self.words),
            mode=self._mode(),
            duration_s=None if base else self.duration_s,
            ratio=ratio_of(self.settings.aspect_ratio),
            sound=self._sound(),
            watermark=self.options.watermark,
            first_frame=first,
            last_frame=last,
            images=images,
            elements=self._ids("element"),
            base_video=base,
            feature_video=feature,
            keep_original_sound=self.settings.audio == "original",
            shots=shots,
            auto_shots=auto_shots,
        )
        return Wanted(request=request, media=self.media.refs, options=self.options)

    def motion_control(self) -> Wanted:
        orientation = needed("settings.character_orientation", self.settings.character_orientation)
        sort = Sort.MOTION_CLIP if orientation == "video" else Sort.SHORT_MOTION_CLIP
        image, video = self._picture("image"), self._one("video", sort)
        if image is None:
            raise required("contents image")
        if video is None:
            raise required("contents video")
        elements = self._ids("element")
        if elements and orientation != "video":
            raise refused("settings.character_orientation", "must be video with element")
        request = MotionControl(
            model=self.model,
            prompt=self._renamed(self.words),
            mode=self._mode(),
            watermark=self.options.watermark,
            image=image,
            video=video,
            follow_video_orientation=orientation == "video",
            keep_original_sound=self.settings.audio != "off",
            elements=elements,
        )
        return Wanted(request=request, media=self.media.refs, options=self.options)

    def _check_omni(
        self,
        first: Asset | None,
        last: Asset | None,
        base: Asset | None,
        feature: Asset | None,
        images: int,
    ) -> None:
        """The rules of the omni page between contents."""
        self._need_prompt()
        elements = len(self._ids("element"))
        if base and feature:
            raise refused("contents", "must have at most 1 reference video")
        if last and not first:
            raise refused("contents", "last_frame needs a first_frame")
        if base and first:
            raise refused("contents", "base_video is not supported with first_frame or last_frame")
        if base and self.settings.audio == "native":
            raise refused("settings.audio", "native is not supported with base_video")
        if base and self._storyboard():
            raise refused("prompt", "multi-shot is not supported with base_video")
        if feature and self.settings.audio in {"native", "original"}:
            raise refused("settings.audio", "must be off with feature_video")
        if first and elements > 3:
            raise refused("contents", "must have at most 3 items of type element with first_frame")
        most = 4 if base or feature else 7
        pictures = images + sum(each is not None for each in (first, last))
        if pictures + elements > most:
            raise refused("contents", f"must have at most {most} images and elements together")

    def _need_prompt(self) -> None:
        if not self.words.strip():
            raise required("prompt")

    def _mode(self) -> Mode:
        return MODES[self.settings.resolution or "720p"]

    def _sound(self) -> bool | None:
        """None where the path has no such setting: the model then does as it always does."""
        if "native" not in self.face.audio:
            return None
        return self.settings.audio == "native"

    def _duration_s(self) -> float | None:
        if not self.face.durations_s:
            return None
        least, most = min(self.face.durations_s), max(self.face.durations_s)
        path = "settings.duration"
        length_s = seconds(path, self.settings.duration, least=least, most=most)
        if length_s is not None and length_s not in self.face.durations_s:
            raise invalid(path, self.settings.duration)
        return length_s

    def _prompt(self) -> str | None:
        texts = [each.text for each in self.contents if each.type == "prompt"]
        if len(texts) > 1:
            raise refused("contents", "must have at most 1 item of type prompt")
        return texts[0] if texts else None

    def _each(self, kind: str, sort: Sort) -> Iterator[Asset]:
        for at, item in enumerate(self.contents):
            if item.type == kind:
                yield self.media.need(f"contents[{at}].url", item.url, sort)

    def _one(self, kind: str, sort: Sort) -> Asset | None:
        given = list(self._each(kind, sort))
        if len(given) > 1:
            raise refused("contents", f"must have at most 1 item of type {kind}")
        return given[0] if given else None

    def _picture(self, kind: str) -> Asset | None:
        return self._one(kind, Sort.NEW_PICTURE)

    def _ids(self, kind: str) -> tuple[str, ...]:
        """The element or voice ids, in the order of the list."""
        return tuple(
            needed(
                f"contents[{at}].{kind}_id",
                item.element_id if kind == "element" else item.voice_id,
            )
            for at, item in enumerate(self.contents)
            if item.type == kind
        )

    def _storyboard(self) -> tuple[ShotPrompt, ...]:
        if not self.face.has_shots or self.settings.multi_shot is False:
            return ()
        return read_storyboard(self._renamed(self.words), self.duration_s)

    def _shots(self) -> tuple[tuple[ShotPrompt, ...], bool]:
        shots = self._storyboard()
        wants_shots = self.face.has_multi_shot and self.settings.multi_shot is True
        return shots, wants_shots and not shots

    def _renamed(self, text: str) -> str:
        """``@name`` becomes the mark that our requests use; long names first, as one may begin
        like another."""
        marks = _marks(self.contents)
        for name in sorted(marks, key=len, reverse=True):
            text = text.replace(f"@{name}", marks[name])
        return text


_MARKED = {
    "image": ("first_frame", "last_frame", "refer_image"),
    "video": ("feature_video", "base_video"),
    "element": ("element",),
    "voice": ("voice",),
}
"""Our marks, and which contents they count, in this order (see ``Omni``)."""


def _marks(contents: Sequence[Content]) -> dict[str, str]:
    marks: dict[str, str] = {}
    for word, kinds in _MARKED.items():
        counted = sorted(
            (each for each in contents if each.type in kinds),
            key=lambda each: kinds.index(each.type),
        )
        for number, item in enumerate(counted, start=1):
            if (name := text_id(item.id)) is not None:
                marks[name] = f"<<<{word}_{number}>>>"
    return marks


def _check_contents(contents: Sequence[Content], face: Face) -> None:
    names: set[str] = set()
    for at, item in enumerate(contents):
        if item.type not in face.contents:
            raise invalid(f"contents[{at}].type", item.type)
        name = text_id(item.id)
        if name is not None and name in names:
            raise refused(f"contents[{at}].id", "must not be given twice")
        names |= {name} if name else set()
    if sum(item.type == "element" for item in contents) > face.elements:
        raise refused("contents", f"must have at most {face.elements} items of type element")


def _check_settings(settings: Settings, face: Face) -> None:
    """A setting that the path does not have at all is an unknown key, and those are ignored."""
    for path, value, known in (
        ("settings.resolution", settings.resolution, face.resolutions),
        ("settings.audio", settings.audio, face.audio),
        ("settings.aspect_ratio", settings.aspect_ratio, face.ratios),
    ):
        if known and value is not None and value not in known:
            raise invalid(path, value)


def _options(options: Options | None) -> CreateOptions:
    given = options or Options()
    return create_options(
        "options.", given.callback_url, given.external_task_id, watermark=given.watermark_info
    )
