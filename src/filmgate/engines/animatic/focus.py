"""Depth of field: what lies behind the main subject loses its sharpness."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from filmgate.engines.animatic.colours import Floats
from filmgate.engines.animatic.scene import Brief, Instant, Layer, World

SHALLOW = "shallow-focus"
NEAR = "close-up"
WIDTH = {SHALLOW: 0.009, NEAR: 0.005}
"""Radius of the blur far away, in frame widths."""


def focused(world: World, brief: Brief) -> World:
    """The world with a layer just behind the nearest subject that softens all that is drawn before
    it; on the ground it fades towards the subject's foot."""
    asked = [WIDTH[style] for style in brief.storyboard.style if style in WIDTH]
    cast = [played for played in world.played if played.asked]
    if not asked or not cast:
        return world
    foot_px = max(played.down_px for played in cast)
    blur = _Blur(foot_px, max(asked) * brief.lens.width)
    layers = (*world.layers, Layer(max(p.depth_m for p in cast) * 1.02 + 0.05, blur.draw))
    return replace(world, layers=layers)


class _Blur:
    def __init__(self, foot_px: float, sigma_px: float) -> None:
        self._foot, self._sigma = foot_px, sigma_px

    def draw(self, now: Instant) -> None:
        picture = now.picture
        weights = self._weights(now)
        for plane, part in ((picture.y, 1), (picture.u, 2), (picture.v, 2)):
            height, width = plane.shape
            small = cv2.resize(
                plane, (width * part // 4, height * part // 4), interpolation=cv2.INTER_AREA
            )
            soft = cv2.GaussianBlur(small, (0, 0), self._sigma / 4)
            grown = cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR)
            share = np.broadcast_to(weights[::part, None], plane.shape)
            cv2.blendLinear(
                grown, plane, np.ascontiguousarray(share), np.ascontiguousarray(1 - share), plane
            )

    def _weights(self, now: Instant) -> Floats:
        """By row: 1 down to the horizon, then less and less to the foot of the nearest subject."""
        height = now.picture.y.shape[0]
        horizon = now.view.horizon
        foot = horizon + self._foot * now.view.zoom
        rows = np.arange(height, dtype=np.float32)
        fall = (np.float32(foot) - rows) / np.float32(max(foot - horizon, 1.0))
        return np.asarray(np.clip(fall * 1.15 - 0.05, 0, 1), np.float32)
