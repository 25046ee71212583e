"""Kling's calls with voices and sounds, the editing of things, and the calls that make no film."""

from __future__ import annotations

import pytest
from tests.unit.kling_bodies import CLIP, FACE, PNG, SOUND, URL, Body, ask, told, want

from filmgate.domain.request import (
    Avatar,
    Dub,
    EditElements,
    LipSync,
    Speech,
    TextToAudio,
    TryOn,
    VideoToAudio,
)
from filmgate.protocols.kling.errors import KlingRefusal
from filmgate.protocols.kling.media_rules import Sort
from filmgate.protocols.kling.references import MediaRef
from filmgate.protocols.kling.translate_library import (
    Change,
    ChangeSelection,
    DeleteElement,
    DeleteVoice,
    IdentifyFace,
    MakeElement,
    MakeVoice,
)
from filmgate.protocols.kling.translate_queries import (
    Filter,
    Page,
    Search,
    TaskIds,
    costs_query,
    read_page,
    task_ids,
)

V = "/v1/videos"
LIP, NEW_LIP, AVATAR = f"{V}/lip-sync", f"{V}/advanced-lip-sync", f"{V}/avatar/image2video"
EDIT, TTS, TRY_ON = f"{V}/multi-elements", "/v1/audio/tts", "/v1/images/kolors-virtual-try-on"
SOUNDS, SCORE = "/v1/audio/text-to-audio", "/v1/audio/video-to-audio"
VOICE, ELEMENT = "/v1/general/custom-voices", "/v1/general/advanced-custom-elements"
OLD_ELEMENT = "/v1/general/custom-elements"
BALANCE, PACKAGE = "/account/billing/balance", "/account/billing/package"


def lip(**given: object) -> Body:
    return {"input": given}


def test_old_lip_sync_with_words_and_with_sound() -> None:
    words = want(LIP, lip(video_id=7, mode="text2video", text="hi", voice_id="v", voice_speed=1.5))
    assert words.request == LipSync(source_task="7", text="hi", voice="v", speed=1.5)
    assert words.source == MediaRef(field="input.video_id", sort=Sort.OLD_LIP_SYNC_CLIP, made="7")
    sound = want(LIP, lip(video_url=CLIP, mode="audio2video", audio_type="file", audio_file=SOUND))
    assert isinstance(sound.request, LipSync)
    assert sound.request.audio is not None
    by_url = want(LIP, lip(task_id="8", audio_url="https://h/a.mp3"))
    assert by_url.source is not None
    assert by_url.source.field == "input.task_id"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (lip(), "input.video_id or input.video_url is required"),
        (
            lip(video_id=1, video_url=CLIP, text="x"),
            "input.video_id and input.video_url can't be used together",
        ),
        (lip(video_id=1), "input.text is required"),
        (lip(video_id=1, text="x" * 121), "input.text must have at most 120 characters"),
        (lip(video_id=1, mode="audio2video"), "input.audio_url is required"),
        (
            lip(video_id=1, mode="audio2video", audio_type="file", audio_url=URL),
            "input.audio_file is required",
        ),
        (lip(video_id=1, text="x", voice_speed=2.1), "input.voice_speed value '2.1' is invalid"),
        (
            lip(video_id=1, text="x", voice_language="de"),
            "input.voice_language value 'de' is invalid",
        ),
        ({"input": None}, "input is required"),
    ],
)
def test_old_lip_sync_faults(given: Body, message: str) -> None:
    assert told(LIP, given) == message


def face(**changes: object) -> Body:
    return {"face_choose": [{**FACE, **changes}]}


def test_new_lip_sync() -> None:
    wanted = want(NEW_LIP, face(sound_volume=0, original_audio_volume=2))
    assert isinstance(wanted.request, LipSync)
    assert wanted.request.dub == Dub(
        face="0",
        sound_start_ms=0,
        sound_end_ms=3000,
        insert_ms=500,
        volume=0,
        original_volume=2,
    )
    session, sound = wanted.media
    assert (session.sort, session.made) == (Sort.SESSION, "1")
    assert sound.inline is not None
    by_id = want(NEW_LIP, face(sound_file=None, audio_id="9"))
    assert by_id.media[1].made == "9"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"session_id": None}, "session_id is required"),
        ({"face_choose": None}, "face_choose is required"),
        ({"face_choose": []}, "face_choose must have at least 1 items"),
        ({"face_choose": [FACE, FACE]}, "face_choose must have at most 1 items"),
        (face(face_id=None), "face_choose[0].face_id is required"),
        (face(sound_start_time=None), "face_choose[0].sound_start_time is required"),
        (face(sound_insert_time=-1), "face_choose[0].sound_insert_time value '-1' is invalid"),
        (
            face(sound_end_time=1999),
            "face_choose[0].sound_end_time must be 2 seconds or more after sound_start_time",
        ),
        (face(sound_volume=2.5), "face_choose[0].sound_volume value '2.5' is invalid"),
        (
            face(sound_file=None),
            "face_choose[0].audio_id or face_choose[0].sound_file is required",
        ),
        (
            face(audio_id=1),
            "face_choose[0].audio_id and face_choose[0].sound_file can't be used together",
        ),
        (
            face(sound_file=PNG),
            "face_choose[0].sound_file format is not supported, use .mp3, .wav, .m4a or .aac",
        ),
    ],
)
def test_new_lip_sync_faults(given: Body, message: str) -> None:
    assert told(NEW_LIP, given) == message


def test_avatar() -> None:
    wanted = want(AVATAR, {"sound_file": None, "audio_id": "5", "mode": "pro"})
    assert isinstance(wanted.request, Avatar)
    assert [(ref.field, ref.made) for ref in wanted.media] == [("image", None), ("audio_id", "5")]
    assert told(AVATAR, {"image": None}) == "image is required"
    assert told(AVATAR, {"sound_file": None}) == "audio_id or sound_file is required"
    assert told(AVATAR, {"mode": "4k"}) == "mode value '4k' is invalid"


def test_editing_of_things() -> None:
    images = [{"image": PNG}]
    wanted = want(EDIT, {"edit_mode": "swap", "image_list": images, "duration": "5"})
    assert isinstance(wanted.request, EditElements)
    assert (wanted.request.edit, len(wanted.request.images)) == ("swap", 1)
    assert wanted.media[0].made == "1"
    assert told(EDIT, {"edit_mode": "swap"}) == "image_list must have 1 items with edit_mode swap"
    assert (
        told(EDIT, {"edit_mode": "addition", "image_list": images * 3})
        == "image_list must have 1 to 2 items with edit_mode addition"
    )
    assert (
        told(EDIT, {"image_list": images}) == "image_list must have 0 items with edit_mode removal"
    )
    assert told(EDIT, {"edit_mode": "paint"}) == "edit_mode value 'paint' is invalid"
    for key in ("session_id", "edit_mode", "prompt"):
        assert told(EDIT, {key: None}) == f"{key} is required"


def test_try_on() -> None:
    request = want(TRY_ON, {"model_name": "kolors-virtual-try-on-v1-5"}).request
    assert isinstance(request, TryOn)
    assert request.model == "kolors-virtual-try-on-v1-5"
    assert told(TRY_ON, {"human_image": None}) == "human_image is required"
    assert told(TRY_ON, {"cloth_image": ""}) == "cloth_image is required"


def test_speech() -> None:
    assert want(TTS, {"voice_speed": "0.8"}).request == Speech(
        text="hello", voice="oversea_male1", language="en", speed=0.8
    )
    assert told(TTS, {"text": "x" * 1001}) == "text must have at most 1000 characters"
    assert told(TTS, {"text": None}) == "text is required"
    assert told(TTS, {"voice_id": None}) == "voice_id is required"
    assert told(TTS, {"voice_speed": 0.7}) == "voice_speed value '0.7' is invalid"


def test_sounds() -> None:
    assert want(SOUNDS).request == TextToAudio(prompt="rain", duration_s=5.0)
    assert told(SOUNDS, {"duration": None}) == "duration is required"
    assert told(SOUNDS, {"duration": 2.9}) == "duration value '2.9' is invalid"
    assert told(SOUNDS, {"prompt": "x" * 201}) == "prompt must have at most 200 characters"
    scored = want(
        SCORE, {"video_url": None, "video_id": 3, "bgm_prompt": "jazz", "asmr_mode": True}
    )
    assert isinstance(scored.request, VideoToAudio)
    assert (scored.request.music_prompt, scored.request.asmr) == ("jazz", True)
    assert scored.media[0].made == "3"
    assert told(SCORE, {"video_id": 3}) == "video_id and video_url can't be used together"
    assert told(SCORE, {"video_url": PNG}) == "video_url must be a URL"


def test_faces_and_selections() -> None:
    by_id = ask(f"{V}/identify-face", {"video_url": None, "video_id": 7})
    assert by_id == IdentifyFace(clip=MediaRef(field="video_id", sort=Sort.FACE_CLIP, made="7"))
    assert told(f"{V}/identify-face", {"video_url": None}) == "video_id or video_url is required"
    adding, taking = f"{EDIT}/add-selection", f"{EDIT}/delete-selection"
    assert ask(taking) == ChangeSelection(
        change=Change.DELETE, session_id="1", frame_index=0, points=((0.5, 0.25),)
    )
    assert told(adding, {"frame_index": None}) == "frame_index is required"
    assert told(adding, {"frame_index": -1}) == "frame_index value '-1' is invalid"
    assert told(adding, {"points": None}) == "points is required"
    assert told(adding, {"points": [{"x": 1.1, "y": 0}]}) == "points[0].x value '1.1' is invalid"
    assert told(adding, {"points": [{"x": 0, "y": 0}] * 11}) == "points must have at most 10 items"
    for call in ("add", "delete", "clear", "preview"):
        assert told(f"{EDIT}/{call}-selection", {"session_id": ""}) == "session_id is required"


def test_voices() -> None:
    made = ask(VOICE, {"voice_url": None, "video_id": "9", "external_task_id": "e"})
    assert isinstance(made, MakeVoice)
    assert (made.sample.made, made.options.external_task_id) == ("9", "e")
    assert told(VOICE, {"voice_url": None}) == "voice_url or video_id is required"
    assert told(VOICE, {"voice_name": "x" * 21}) == "voice_name must have at most 20 characters"
    assert told(VOICE, {"voice_name": None}) == "voice_name is required"
    assert ask("/v1/general/delete-voices") == DeleteVoice(voice_id="1")
    assert told("/v1/general/delete-voices", {"voice_id": None}) == "voice_id is required"


def test_elements() -> None:
    made = ask(ELEMENT, {"tag_list": [{"tag_id": "o_101"}], "element_voice_id": 4})
    assert isinstance(made, MakeElement)
    assert (made.tags, made.voice_id, len(made.others)) == (("o_101",), "4", 1)
    old = ask(OLD_ELEMENT)
    assert isinstance(old, MakeElement)
    assert old.is_immediate
    clips = {"refer_videos": [{"video_url": CLIP}]}
    filmed = ask(ELEMENT, {"reference_type": "video_refer", "element_video_list": clips})
    assert isinstance(filmed, MakeElement)
    assert filmed.clip is not None
    both = [DeleteElement(element_id="829836802793406551")] * 2
    paths = ("/v1/general/delete-elements", "/v1/general/delete-advanced-elements")
    assert [ask(path) for path in paths] == both


@pytest.mark.parametrize(
    ("path", "changes", "message"),
    [
        (ELEMENT, {"element_name": "x" * 21}, "element_name must have at most 20 characters"),
        (
            ELEMENT,
            {"element_description": "x" * 101},
            "element_description must have at most 100 characters",
        ),
        (ELEMENT, {"reference_type": None}, "reference_type is required"),
        (ELEMENT, {"reference_type": "x"}, "reference_type value 'x' is invalid"),
        (ELEMENT, {"element_image_list": None}, "element_image_list is required"),
        (
            ELEMENT,
            {"element_image_list": {"refer_images": [{"image_url": URL}]}},
            "element_image_list.frontal_image is required",
        ),
        (
            ELEMENT,
            {"element_image_list": {"frontal_image": URL}},
            "element_image_list.refer_images is required",
        ),
        (
            ELEMENT,
            {"element_image_list": {"refer_images": [{"image_url": URL}] * 4}},
            "element_image_list.refer_images must have at most 3 items",
        ),
        (ELEMENT, {"reference_type": "video_refer"}, "element_video_list is required"),
        (ELEMENT, {"tag_list": [{"tag_id": "o_9"}]}, "tag_list[0].tag_id value 'o_9' is invalid"),
        (OLD_ELEMENT, {"element_refer_list": None}, "element_refer_list is required"),
        (OLD_ELEMENT, {"element_frontal_image": None}, "element_frontal_image is required"),
        (BALANCE, {"start_time": None}, "start_time is required"),
        (BALANCE, {"end_time": None}, "end_time is required"),
        (BALANCE, {"end_time": "soon"}, "end_time value 'soon' is invalid"),
        (BALANCE, {"start_time": 3}, "start_time must not be after end_time"),
        (BALANCE, {"limit": 501}, "limit value '501' is invalid"),
        (BALANCE, {"limit": 0}, "limit value '0' is invalid"),
        (
            BALANCE,
            {"filters": [{"key": "status", "values": []}]},
            "filters[0].key value 'status' is invalid",
        ),
        (
            PACKAGE,
            {"filters": [{"key": "product_type", "values": ["car"]}]},
            "filters[0].values[0] value 'car' is invalid",
        ),
        (
            PACKAGE,
            {
                "filters": [
                    {"key": "package_id", "values": ["1"]},
                    {"key": "package_name", "values": ["x"]},
                ]
            },
            "filters can't have both package_name and package_id",
        ),
        (
            "/tasks",
            {"filters": [{"key": "status", "values": ["succeed"]}]},
            "filters[0].values[0] value 'succeed' is invalid",
        ),
    ],
)
def test_library_faults(path: str, changes: Body, message: str) -> None:
    assert told(path, changes) == message


def test_bills_and_task_searches() -> None:
    bill = ask(BALANCE)
    assert isinstance(bill, Search)
    assert (bill.limit, bill.span.start_ms, bill.span.end_ms) == (500, 1, 2)
    cursor = ask(BALANCE, {"cursor": "c", "start_time": None, "end_time": None})
    assert isinstance(cursor, Search)
    assert cursor.cursor == "c"
    search = ask(
        "/tasks",
        {"start_time": "1700000000000", "filters": [{"key": "status", "values": ["failed"]}]},
    )
    assert isinstance(search, Search)
    assert (search.limit, search.span.start_ms) == (100, 1_700_000_000_000)
    assert search.filters == (Filter(key="status", values=("failed",)),)


def test_costs() -> None:
    query = costs_query("1", "2", "Trial")
    assert (query.span.start_ms, query.span.end_ms, query.pack) == (1, 2, "Trial")
    with pytest.raises(KlingRefusal, match="end_time is required"):
        costs_query("1", None, None)


def test_pages() -> None:
    assert read_page(None, "") == Page(number=1, size=30)
    assert read_page("1000", "500").offset == 999 * 500
    assert read_page("1", "1000", size_max=1000).size == 1000
    faults = (("0", None), ("1001", None), ("x", None), ("1.5", None), (None, "0"), (None, "501"))
    for number, size in faults:
        with pytest.raises(KlingRefusal, match=r"page(Num|Size) value '.*' is invalid"):
            read_page(number, size)


def test_task_ids() -> None:
    assert task_ids("1, 2,", None) == TaskIds(task_ids=("1", "2"), external_ids=())
    assert len(task_ids(None, ",".join("abcdefghijklmnopqrst")).external_ids) == 20
    with pytest.raises(KlingRefusal, match="task_ids or external_task_ids is required"):
        task_ids("", " , ")
    with pytest.raises(KlingRefusal, match="cannot exceed 20 in total"):
        task_ids(",".join("abcdefghij"), ",".join("abcdefghijk"))
