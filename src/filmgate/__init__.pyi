from filmgate.sdk.films import AsyncFilmgate as AsyncFilmgate
from filmgate.sdk.sync import Filmgate as Filmgate
from filmgate.sdk.webhooks import verify_webhook as verify_webhook

__version__: str
