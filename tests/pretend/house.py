"""A house with the slow engine, as a program: `python -m tests.pretend.house HOME COMMAND [WORD]`.

Tells what it sees as lines of JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from tests.pretend.rooms import measure_pretended

from filmgate.assembly import Embedded
from filmgate.domain.errors import FilmgateError
from filmgate.domain.media import MediaLimits
from filmgate.domain.ports import Measured
from filmgate.domain.request import ImageToVideo, TextToVideo
from filmgate.settings import Settings

ENGINE = "tests.pretend.slow_engine:render"


class PretendedMeasure:
    def prepare(self) -> None:
        pass

    def __call__(self, path: Path) -> Measured:
        return measure_pretended(path)


def open_house(home: Path) -> Embedded:
    return Embedded.open(
        Settings(home=home, allow_loopback=True), engine=ENGINE, measure=PretendedMeasure()
    )


def tell(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


async def main(home: Path, command: str, word: str) -> None:
    async with open_house(home) as house:
        match command:
            case "submit":
                task = await house.submit(TextToVideo(prompt=word))
                tell(id=task.id)
            case "point":
                limits = MediaLimits(types=("image/png",), formats=".png", bytes_max=1024**2)
                front = house.front("http://here")
                image = front.intake.promise(word, field="image", limits=limits)
                task = await house.submit(ImageToVideo(prompt="quick", image=image))
                tell(id=task.id)
            case "watch":
                async for seen in house.watch(word):
                    percent = seen.progress.percent if seen.progress else None
                    tell(state=seen.task.state.value, percent=percent)
            case "cancel":
                tell(state=(await house.cancel(word)).state.value)
            case "detached":
                await house.run_detached()
                tell(idle=True)
            case _:
                raise AssertionError(command)


if __name__ == "__main__":
    try:
        asyncio.run(main(Path(sys.argv[1]), sys.argv[2], "".join(sys.argv[3:])))
    except FilmgateError as error:
        tell(error=error.message, remedy=error.remedy)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
