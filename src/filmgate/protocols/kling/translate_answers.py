"""Replies of the calls that make no film: faces, selections, voices, elements, accounts."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import UNSET, UnsetType

from filmgate.protocols.kling import wire_replies as wire
from filmgate.protocols.kling.translate_replies import (
    deduction,
    element_item,
    seconds_text,
)
from filmgate.protocols.kling.view import (
    Charge,
    DeductionView,
    ElementView,
    FaceView,
    MaskView,
    PackView,
    SelectionView,
)
from filmgate.protocols.kling.wire import encode_reply


def faces(session_id: str, found: Iterable[FaceView], charge: Charge, request_id: str) -> bytes:
    units, balance = deduction(charge)
    data = wire.Faces(
        session_id=session_id,
        final_unit_deduction=units,
        final_balance_deduction=balance,
        face_data=[
            wire.Face(each.id, each.image_url, each.start_ms, each.end_ms) for each in found
        ],
    )
    return encode_reply(data, request_id)


def selection(session: SelectionView, charge: Charge, request_id: str) -> bytes:
    """init-selection."""
    units, balance = deduction(charge)
    data = wire.Selection(
        status=0,
        session_id=session.session_id,
        fps=session.fps,
        original_duration=session.duration_ms,
        width=session.width,
        height=session.height,
        total_frame=session.frames,
        normalized_video=session.clip_url,
        final_unit_deduction=units,
        final_balance_deduction=balance,
    )
    return encode_reply(data, request_id)


def selection_changed(
    session_id: str, frame_index: int, masks: Iterable[MaskView], request_id: str
) -> bytes:
    """add-selection and delete-selection."""
    items = [
        wire.MaskItem(
            object_id=mask.object_id,
            rle_mask=wire.RleMask(list(mask.size), mask.counts),
            png_mask=wire.PngMask(list(mask.size), mask.png_base64),
        )
        for mask in masks
    ]
    return _changed(session_id, wire.SelectionResult(frame_index, items), request_id)


def selection_cleared(session_id: str, request_id: str) -> bytes:
    return _changed(session_id, UNSET, request_id)


def selection_preview(
    session_id: str, video_url: str, cover_url: str, tracking_url: str, request_id: str
) -> bytes:
    return _changed(session_id, wire.PreviewResult(video_url, cover_url, tracking_url), request_id)


def _changed(
    session_id: str,
    result: wire.SelectionResult | wire.PreviewResult | UnsetType,
    request_id: str,
) -> bytes:
    """Marking costs nothing; the keys are there all the same (multi-elements page)."""
    units, balance = deduction(Charge())
    return encode_reply(wire.SelectionChanged(0, session_id, units, balance, result), request_id)


def deleted(task_id: str, request_id: str) -> bytes:
    """delete-voices and both delete-elements."""
    return encode_reply(wire.DeletedTask(task_id, "succeed"), request_id)


def element(made: ElementView, request_id: str) -> bytes:
    """The old custom-elements answers with the element itself."""
    return encode_reply(element_item(made), request_id)


def elements(found: Iterable[ElementView], request_id: str) -> bytes:
    return encode_reply([element_item(each) for each in found], request_id)


def costs(packs: Iterable[PackView], request_id: str) -> bytes:
    data = wire.Costs(
        code=0,
        msg="SUCCEED",
        resource_pack_subscribe_infos=[
            wire.Pack(
                resource_pack_name=pack.name,
                resource_pack_id=pack.id,
                resource_pack_type=pack.type,
                total_quantity=pack.total,
                remaining_quantity=pack.remaining,
                purchase_time=pack.purchased_ms,
                effective_time=pack.effective_ms,
                invalid_time=pack.invalid_ms,
                status=pack.status,
            )
            for pack in packs
        ],
    )
    return encode_reply(data, request_id)


def balance_bill(lines: Iterable[DeductionView], next_cursor: str | None, request_id: str) -> bytes:
    detail = [
        wire.BalanceLine(
            task_id=line.task_id,
            api_key_name=line.api_key_name,
            product_function=line.product,
            model_name=line.model,
            resolution=line.resolution,
            duration=seconds_text(line.duration_s),
            refer_video_input=line.has_video_input,
            video_sound=line.sound,
            voice_control=line.has_voice,
            deduction_time=str(line.deducted_ms),
            cash_type="balance",
            balance_before_deduction=float(line.before),
            deduction_amount=float(line.amount),
            balance_after_deduction=float(line.after),
            list_price=float(line.list_price),
            currency=line.currency,
        )
        for line in lines
    ]
    return _bill(wire.BillDetail(detail, len(detail)), next_cursor, request_id)


def package_bill(lines: Iterable[DeductionView], next_cursor: str | None, request_id: str) -> bytes:
    detail = [
        wire.PackageLine(
            task_id=line.task_id,
            api_key_name=line.api_key_name,
            package_id=line.package_id,
            product_type=line.product_type,
            product_function=line.product,
            model_name=line.model,
            resolution=line.resolution,
            duration=seconds_text(line.duration_s),
            refer_video_input=line.has_video_input,
            video_sound=line.sound,
            voice_control=line.has_voice,
            deduction_time=str(line.deducted_ms),
            unit_before_deduction=float(line.before),
            deduction_amount=float(line.amount),
            unit_after_deduction=float(line.after),
        )
        for line in lines
    ]
    return _bill(wire.BillDetail(detail, len(detail)), next_cursor, request_id)


def _bill(detail: wire.BillDetail, next_cursor: str | None, request_id: str) -> bytes:
    data = wire.Bill(detail, next_cursor or "", next_cursor is not None)
    return encode_reply(data, request_id)
