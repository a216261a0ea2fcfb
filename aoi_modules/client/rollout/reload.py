"""Gives a running server another model config: HandleReloadConfigRequest, by gRPC."""

from aoi_modules.client.grpc import calls
from aoi_modules.client.grpc.connection import Connection
from aoi_modules.client.retries import Attempts
from aoi_modules.client.tls import Tls
from aoi_modules.errors import RpcError
from aoi_modules.serving import model_config
from aoi_modules.wire.messages import ReloadConfigRequest


def reload_models(address: str, config: str, *, timeout: float = 60.0, tls: Tls | None = None) -> None:
    """Lets a server follow a config, and waits until its new models answer.

    The server forgets it when it ends; what is to stay has to stand in its config file, too.

    Args:
        address: `HOST:PORT`.
        config: text form of tensorflow.serving.ModelServerConfig: all models, not only those that change.
        timeout: seconds.
        tls: for a server that speaks TLS.

    Raises:
        RpcError: the text is no config, or the server refuses it and changes nothing; with the server's words.
    """
    request = ReloadConfigRequest(config=model_config.parse(config))
    connection = Connection(address, tls)
    try:
        status = connection.call(calls.RELOAD, request, Attempts(timeout, retries=0)).status
    finally:
        connection.close()
    if status.error_code:  # the original puts some refusals into the answer
        raise RpcError(calls.code_name(status.error_code), status.error_message)
